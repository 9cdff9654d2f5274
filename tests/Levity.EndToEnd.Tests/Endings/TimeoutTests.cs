using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Endings;

/// <summary>Tasks that may run for a time, and are stopped then, whoever is there to see it.</summary>
public sealed class TimeoutTests(SharedServer shared) : IClassFixture<SharedServer>
{
    // Nobody dies of it.
    private const int Sigurg = 23;

    private readonly LevityCommand _levity = shared.Server.Cli();
    private readonly TestClient _client = shared.Server.Client();

    [Fact]
    public async Task A_task_that_has_run_for_its_time_is_stopped_in_its_own_way()
    {
        var id = await _levity.StartTaskAsync(
            "--max-time", "300ms", "--grace", "1h", "--stop-signal", "usr2", "sleep", "300");

        var end = await _client.EndAsync(id);

        Assert.Equal((TaskStatusCode.Finished, 12), (end.StatusCode, end.Ending.Signal));
        Assert.Equal((true, false, false), (end.Ending.TimedOut, end.Ending.GraceExpired, end.Ending.HasStopRequestedBy));
        var told = (await _levity.RunAsync("inspect", id)).Successful().OutputText;
        foreach (var line in new[] { "max time: +300ms", "grace: +1h0m0s", "stop signal: +SIGUSR2 \\(signal 12\\)", "timed out: +yes" })
        {
            Assert.Matches(line, told);
        }
    }

    [Fact]
    public async Task One_that_does_not_obey_is_killed_after_its_grace_without_control_groups_too()
    {
        Assert.SkipWhen(await Unprivileged.ObstacleAsync() is not null, "there is no other user to be had here");
        await using var server = await LevityServer.StartAsync(
            new ServerSettings { UserId = Unprivileged.UserId, Grace = "1h" });
        var client = server.Client();
        var id = await client.StartAsync(new StartTaskRequest
        {
            Binary = "sh",
            Args = { "-c", "setsid sleep 300 & exec sleep 300" },
            WorkingDir = "/",
            Timeout = new() { Nanos = 300_000_000 },
            StopSignal = Sigurg,
            Grace = new() { Nanos = 100_000_000 },
        });

        var end = await client.EndAsync(id);

        Assert.Equal((TaskStatusCode.BrutallyKilled, true, true), (end.StatusCode, end.Ending.TimedOut, end.Ending.GraceExpired));
        Assert.Empty(ProcessTable.OfTask(id));
    }

    [Fact]
    public async Task The_time_of_a_task_is_over_while_levityd_is_down()
    {
        await using var server = await LevityServer.StartAsync(new ServerSettings { Grace = "100ms" });
        var id = await server.Cli().StartTaskAsync(
            "--max-time", "2s", "--stop-signal", "urg", "sh", "-c", "echo ready; exec sleep 300");
        await server.Client().OutputAsync(id, "ready\n");

        await server.Kill9Async();
        await Eventually.TrueAsync(() => ProcessTable.OfTask(id).Count == 0, "the end of its time");
        await server.RestartAsync();

        var end = await server.Client().QueryAsync(id);
        Assert.Equal((TaskStatusCode.BrutallyKilled, true), (end.StatusCode, end.Ending.TimedOut));
    }
}
