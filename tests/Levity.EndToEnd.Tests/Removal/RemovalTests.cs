using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Removal;

/// <summary>RemoveTask: what is removed is gone, and stays so.</summary>
public sealed class RemovalTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly LevityServer _server = shared.Server;
    private readonly TestClient _client = shared.Server.Client();

    [Fact]
    public async Task A_task_that_is_over_goes_with_its_log_and_is_not_found_by_any_call()
    {
        var id = await _client.ShellAsync("echo hello");
        await _client.SuccessAsync(id);

        await _client.RemoveAsync(id);

        Assert.DoesNotContain(id, _server.LogIds);
        Func<Task>[] calls =
        [
            () => _client.QueryAsync(id), () => _client.SignalAsync(id), () => _client.FetchAsync(id),
            () => _client.Follow(id).NextAsync(), () => _client.RemoveAsync(id), () => _client.RemoveAsync(id, force: true),
        ];
        foreach (var call in calls)
        {
            Assert.Equal(StatusCode.NotFound, await StatusOfAsync(call));
        }
    }

    [Fact]
    public async Task A_live_task_stays_and_runs_on_unless_force_is_given()
    {
        var id = await _client.StartAsync("sleep", "300");

        var refusal = await Assert.ThrowsAsync<RpcException>(() => _client.RemoveAsync(id));

        Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);
        Assert.Contains("Running", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("force", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(TaskStatusCode.Running, (await _client.QueryAsync(id)).StatusCode);
        Assert.NotEmpty(ProcessTable.OfTask(id));
    }

    [Fact]
    public async Task Force_ends_the_whole_tree_of_a_task_that_ignores_SIGTERM_before_it_returns()
    {
        await using var server = await LevityServer.StartAsync(new ServerSettings { Grace = "24h" });
        var client = server.Client();
        var id = await client.ShellAsync("trap '' TERM; (setsid sleep 300 &); echo ready; while :; do sleep 0.1; done");
        await client.OutputAsync(id, "ready\n");

        // With a grace of a day: what ends it is not the stop that was asked for first.
        await client.SignalAsync(id);
        await client.RemoveAsync(id, force: true);

        Assert.Empty(ProcessTable.OfTask(id));
        Assert.DoesNotContain(id, server.LogIds);
        Assert.Equal(StatusCode.NotFound, await StatusOfAsync(() => client.QueryAsync(id)));
    }

    [Fact]
    public async Task Of_many_who_remove_a_live_task_at_once_one_has_removed_it()
    {
        var id = await _client.StartAsync("sleep", "300");

        var statuses = await Task.WhenAll(Enumerable.Range(0, 10).Select(
            _ => StatusOfAsync(() => _client.RemoveAsync(id, force: true))));

        Assert.Single(statuses, StatusCode.OK);
        Assert.Equal(9, statuses.Count(status => status == StatusCode.NotFound));
        Assert.DoesNotContain(id, _server.LogIds);
    }

    [Fact]
    public async Task A_follower_of_a_task_that_is_removed_by_force_comes_to_an_end()
    {
        var id = await _client.ShellAsync("while :; do echo line; sleep 0.01; done");
        using var log = _client.Follow(id);
        await log.NextAsync();

        await _client.RemoveAsync(id, force: true);

        // It has read to the seal, or is told that the task is gone: either is an end.
        var status = await StatusOfAsync(() => log.AllAsync());
        Assert.Contains(status, (StatusCode[])[StatusCode.OK, StatusCode.NotFound]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_removed_is_gone_after_a_crash_too(bool force)
    {
        await using var server = await LevityServer.StartAsync();
        var client = server.Client();
        var kept = await client.ShellAsync("echo kept");
        await client.SuccessAsync(kept);
        var id = force ? await client.StartAsync("sleep", "300") : await client.ShellAsync("echo gone");
        if (!force)
        {
            await client.SuccessAsync(id);
        }

        await client.RemoveAsync(id, force);
        await server.Kill9Async();
        await server.RestartAsync();

        Assert.Equal(StatusCode.NotFound, await StatusOfAsync(() => server.Client().QueryAsync(id)));
        Assert.Equal([kept], server.LogIds);
        Assert.Equal("kept\n", (await server.Client().FetchAsync(kept)).Stdout.ToStringUtf8());
    }

    private static async Task<StatusCode> StatusOfAsync(Func<Task> call)
    {
        try
        {
            await call();
            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }
}
