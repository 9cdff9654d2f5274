using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Survival;

/// <summary>levityd goes, by a signal or with all of its session, and comes back: tasks do not notice.</summary>
public sealed class DaemonRestartTests
{
    private const string CountUntil =
        "i=0; while [ ! -e \"$1\" ]; do i=$((i+1)); echo $i; sleep 0.01; done; exit 6";

    [Theory]
    [InlineData(Outage.Sigterm)]
    [InlineData(Outage.Kill9)]
    public async Task A_running_task_goes_on_and_is_there_again_with_every_byte(Outage how)
    {
        await using var server = await LevityServer.StartAsync();
        var stop = new Gate(server);
        var id = await server.Client().ShellAsync(CountUntil, stop.FilePath);
        await server.Client().OutputAsync(id, "5\n");
        var process = Assert.Single(ProcessTable.OfTask(id), pid => ProcessEntry.Find(pid)?.Session == pid);

        await server.AwayAsync(how);
        var written = LogSize(server, id);
        await Eventually.TrueAsync(() => LogSize(server, id) > written + 1000, "more output while levityd is away");
        await server.RestartAsync();

        var client = server.Client();
        Assert.Equal(TaskStatusCode.Running, (await client.QueryAsync(id)).StatusCode);
        Assert.Contains(process, ProcessTable.OfTask(id));

        using var log = client.Follow(id);
        await log.NextAsync();
        stop.Open();
        Assert.Equal(6, (await client.EndAsync(id)).ExitCode);
        var lines = (await client.Follow(id).AllAsync()).Text().TrimEnd('\n').Split('\n');
        Assert.Equal(Enumerable.Range(1, lines.Length).Select(n => $"{n}"), lines);
    }

    [Theory]
    [InlineData(Outage.Sigterm)]
    [InlineData(Outage.Kill9)]
    public async Task A_task_that_ends_meanwhile_has_its_true_code_time_and_last_bytes(Outage how)
    {
        await using var server = await LevityServer.StartAsync();
        var go = new Gate(server);
        var id = await server.Client().ShellAsync($"echo first; {Gate.Wait}; printf last; exit 17", go.FilePath);
        await server.Client().OutputAsync(id, "first\n");

        await server.AwayAsync(how);
        var down = TimeProvider.System.GetUtcNow();
        var processes = ProcessTable.OfTask(id);
        go.Open();

        // Waited for, and not only dead: the supervisor has seen the end then.
        await Eventually.TrueAsync(
            () => processes.All(pid => !Directory.Exists($"/proc/{pid}")) && ProcessTable.OfTask(id).Count == 0,
            "the task's end");
        var up = TimeProvider.System.GetUtcNow();
        await server.RestartAsync();

        // Not "soon": from the first answer on.
        var end = await server.Client().QueryAsync(id);
        Assert.Equal((TaskStatusCode.Finished, 17), (end.StatusCode, end.ExitCode));
        Assert.InRange(end.Ending.EndedAt.ToDateTimeOffset(), down, up);
        Assert.Equal("first\nlast", (await server.Client().FetchAsync(id)).Stdout.ToStringUtf8());
    }

    [Theory]
    [InlineData(Outage.Sigterm)]
    [InlineData(Outage.Kill9)]
    public async Task A_task_that_was_over_before_is_told_in_the_same_words(Outage how)
    {
        await using var server = await LevityServer.StartAsync();
        var exited = await server.Client().ShellAsync("echo early; exit 5");
        var stopped = await server.Client().StartAsync("sleep", "300");
        await server.Client().SignalAsync(stopped);
        string[] ids = [exited, stopped];
        var before = await Task.WhenAll(ids.Select(server.Client().EndAsync));

        await server.AwayAsync(how);
        await server.RestartAsync();

        Assert.Equal(before, await Task.WhenAll(ids.Select(server.Client().QueryAsync)));
        Assert.Equal("early\n", (await server.Client().FetchAsync(exited)).Stdout.ToStringUtf8());
    }

    [Fact]
    public async Task Owners_stay_owners()
    {
        await using var server = await LevityServer.StartAsync();
        var running = await server.Client().StartAsync("sleep", "300");
        var over = await server.Client().StartAsync("true");
        await server.Client().EndAsync(over);

        await server.Kill9Async();
        await server.RestartAsync();

        var bob = server.Client(server.Certificates.Bob);
        foreach (var id in new[] { running, over })
        {
            await server.Client().QueryAsync(id);
            var refusal = await Assert.ThrowsAsync<RpcException>(() => bob.QueryAsync(id));
            Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
        }
    }

    [Fact]
    public async Task A_task_that_was_asked_to_stop_stays_so_and_still_may_be_killed()
    {
        await using var server = await LevityServer.StartAsync(new ServerSettings { Grace = "2s" });
        var id = await server.Client().ShellAsync("trap '' TERM; echo ready; while :; do sleep 0.1; done");
        await server.Client().OutputAsync(id, "ready\n");
        await server.Client().SignalAsync(id);

        await server.Kill9Async();
        await server.RestartAsync();

        var end = await server.Client().EndAsync(id);
        Assert.Equal((TaskStatusCode.BrutallyKilled, "alice"), (end.StatusCode, end.Ending.StopRequestedBy));
    }

    [Fact]
    public async Task Restarts_one_after_the_other_lose_nothing()
    {
        await using var server = await LevityServer.StartAsync();
        var ids = new List<string>();
        for (var round = 0; round < 5; round++)
        {
            ids.Add(await server.Client().ShellAsync($"echo {round}; exec sleep 300"));
            await server.AwayAsync(round % 2 == 0 ? Outage.Kill9 : Outage.Sigterm);
            await server.RestartAsync();
        }

        var client = server.Client();
        foreach (var (round, id) in ids.Index())
        {
            Assert.Equal(TaskStatusCode.Running, (await client.QueryAsync(id)).StatusCode);
            await client.SignalAsync(id);
            await client.EndAsync(id);
            Assert.Equal($"{round}\n", (await client.FetchAsync(id)).Stdout.ToStringUtf8());
        }
    }

    private static long LogSize(LevityServer server, string id) =>
        new DirectoryInfo(Path.Combine(server.StateDirectory, "logs", id)).EnumerateFiles().Sum(file => file.Length);
}
