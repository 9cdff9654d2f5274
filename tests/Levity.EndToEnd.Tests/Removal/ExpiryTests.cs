using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Removal;

/// <summary>Tasks that nobody asks about, with a real clock. Asking whether one is still there would keep it.</summary>
public sealed class ExpiryTests
{
    private static readonly ServerSettings Short = new() { InactivityTimeout = "400ms" };

    [Fact]
    public async Task A_task_that_nobody_asks_about_is_removed_and_a_live_one_is_killed()
    {
        await using var server = await LevityServer.StartAsync(Short);
        var client = server.Client();
        var over = await client.StartAsync("true");
        var live = await client.ShellAsync("trap '' TERM; (setsid sleep 300 &); while :; do sleep 0.1; done");

        await Eventually.TrueAsync(() => server.LogIds.Count == 0, "the removal of both");

        Assert.Empty(ProcessTable.OfTask(live));
        await NotFoundAsync(() => client.QueryAsync(over));
        await NotFoundAsync(() => client.QueryAsync(live));
    }

    [Fact]
    public async Task A_task_that_is_asked_about_or_followed_stays()
    {
        await using var server = await LevityServer.StartAsync(new ServerSettings { InactivityTimeout = "3s" });
        var client = server.Client();
        var followed = await client.ShellAsync("echo ready; exec sleep 300");
        using var log = client.Follow(followed);
        await log.NextAsync();
        var asked = await client.StartAsync("true");

        // The third one is the clock: made last and forgotten. While it is there the others are asked about.
        for (var round = 0; round < 2; round++)
        {
            var forgotten = await client.StartAsync("true");
            await Eventually.GetAsync(
                async () => (await client.QueryAsync(asked), server.LogIds.Contains(forgotten)).Item2 ? null : forgotten,
                () => "the removal of the task that nobody asks about");
        }

        Assert.Equal(TaskStatusCode.Running, (await client.QueryAsync(followed)).StatusCode);
        Assert.Equal(TaskStatusCode.Finished, (await client.QueryAsync(asked)).StatusCode);
    }

    [Fact]
    public async Task When_a_task_expires_is_told_and_always_the_whole_timeout_away()
    {
        await using var server = await LevityServer.StartAsync(new ServerSettings { InactivityTimeout = "2h" });
        var id = await server.Client().StartAsync("true");

        var before = TimeProvider.System.GetUtcNow();
        var task = await server.Client().QueryWithExpiryAsync(id);
        var after = TimeProvider.System.GetUtcNow();

        Assert.InRange(task.ExpiresAt.ToDateTimeOffset(), before.AddHours(2), after.AddHours(2));
        Assert.Contains("expires: ", (await server.Cli().RunAsync("inspect", id)).OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_crash_does_not_keep_a_task_that_nobody_asks_about_and_off_does()
    {
        await using var server = await LevityServer.StartAsync(new ServerSettings { InactivityTimeout = "off" });
        var over = await server.Client().StartAsync("true");
        var live = await server.Client().StartAsync("sleep", "300");
        await server.Client().EndAsync(over);
        Assert.Null((await server.Client().QueryWithExpiryAsync(over)).ExpiresAt);
        await server.Kill9Async();

        await server.RestartAsync(Short);

        await Eventually.TrueAsync(() => server.LogIds.Count == 0, "the removal of both");
        Assert.Empty(ProcessTable.OfTask(live));
    }

    private static async Task NotFoundAsync(Func<Task> call) =>
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);
}
