using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Survival;

/// <summary>
/// The supervisor is killed, which nothing should ever do: its tasks go with it, nobody makes up how they ended, and
/// what they wrote is kept.
/// </summary>
public sealed class SupervisorDeathTests
{
    [Fact]
    public async Task Its_tasks_are_Lost_their_processes_gone_and_the_next_ones_run()
    {
        await using var server = await LevityServer.StartAsync();
        var lost = await StartVictimsAsync(server);
        var over = await EndedAsync(server);

        await Signals.SendAsync("KILL", server.SupervisorPid);

        await AllLostAsync(server, lost);
        await AssertUnchangedAsync(server, over);
        await RunsAgainAsync(server);
    }

    [Fact]
    public async Task The_same_when_levityd_is_killed_with_it()
    {
        await using var server = await LevityServer.StartAsync();
        var lost = await StartVictimsAsync(server);
        var over = await EndedAsync(server);

        await Signals.SendAsync("KILL", server.SupervisorPid);
        await server.Kill9Async();
        await server.RestartAsync();

        await AllLostAsync(server, lost);
        await AssertUnchangedAsync(server, over);
        await RunsAgainAsync(server);
    }

    [Fact]
    public async Task The_same_when_levityd_was_away()
    {
        await using var server = await LevityServer.StartAsync();
        var lost = await StartVictimsAsync(server);
        var over = await EndedAsync(server);

        await server.SigtermAsync();
        await Signals.SendAsync("KILL", server.SupervisorPid);
        await server.RestartAsync();

        await AllLostAsync(server, lost);
        await AssertUnchangedAsync(server, over);
        await RunsAgainAsync(server);
    }

    [Fact]
    public async Task A_task_that_ends_while_nobody_is_there_is_Lost_and_has_no_number()
    {
        await using var server = await LevityServer.StartAsync();
        var go = new Gate(server);
        var id = await server.Client().ShellAsync($"echo ready; {Gate.Wait}; exit 17", go.FilePath);
        await server.Client().OutputAsync(id, "ready\n");
        var processes = ProcessTable.OfTask(id);

        await Signals.SendAsync("KILL", server.SupervisorPid);
        await server.Kill9Async();
        go.Open();
        await Eventually.TrueAsync(
            () => processes.All(pid => ProcessEntry.Find(pid) is null or { State: 'Z' }), "the task's end");
        await server.RestartAsync();

        await AllLostAsync(server, [id]);
        await RunsAgainAsync(server);
    }

    [Fact]
    public async Task Again_and_again_with_and_without_levityd_and_nothing_unmanaged_is_ever_left()
    {
        await using var server = await LevityServer.StartAsync();
        var over = await EndedAsync(server);
        for (var round = 0; round < 6; round++)
        {
            var lost = await StartVictimsAsync(server);
            await Signals.SendAsync("KILL", server.SupervisorPid);
            if (round % 2 == 0)
            {
                await server.Kill9Async();
                await server.RestartAsync();
            }

            await AllLostAsync(server, lost);
            await AssertUnchangedAsync(server, over);
        }

        await RunsAgainAsync(server);
    }

    [Fact]
    public async Task A_follower_is_told_the_end_of_what_there_is()
    {
        await using var server = await LevityServer.StartAsync();
        var id = await server.Client().ShellAsync("echo so far; exec sleep 300");
        await using var follower = server.Cli().Start("logs", "-f", id);
        await follower.Output.ContainsAsync("so far\n");

        await Signals.SendAsync("KILL", server.SupervisorPid);

        Assert.Equal("so far\n", (await follower.ResultAsync()).Successful().OutputText);
    }

    [Fact]
    public async Task Stopping_it_stops_its_tasks_and_their_endings_are_known_afterwards()
    {
        await using var server = await LevityServer.StartAsync();
        var id = await server.Client().ShellAsync(
            "trap 'echo farewell; exit 3' TERM; echo ready; while :; do sleep 0.02; done");
        await server.Client().OutputAsync(id, "ready\n");
        await server.SigtermAsync();

        await server.StopSupervisorAsync();
        Assert.Null(server.FindSupervisor());
        await server.RestartAsync();

        var end = await server.Client().QueryAsync(id);
        Assert.Equal((TaskStatusCode.Finished, 3), (end.StatusCode, end.ExitCode));
        Assert.Equal("ready\nfarewell\n", (await server.Client().FetchAsync(id)).Stdout.ToStringUtf8());
    }

    // One that would go on for ever, one that would not go, and one that has left its session.
    private static async Task<List<string>> StartVictimsAsync(LevityServer server)
    {
        var client = server.Client();
        List<string> ids =
        [
            await client.ShellAsync("echo ready; exec sleep 300"),
            await client.ShellAsync("trap '' TERM HUP; echo ready; while :; do sleep 0.1; done"),
            await client.ShellAsync("(setsid sh -c 'trap \"\" TERM; echo ready; exec sleep 300' &); exec sleep 300"),
        ];
        foreach (var id in ids)
        {
            await client.OutputAsync(id, "ready\n");
        }

        return ids;
    }

    private static async Task<(string Id, QueryTaskResponse End)> EndedAsync(LevityServer server)
    {
        var id = await server.Client().ShellAsync("exit 4");
        return (id, await server.Client().EndAsync(id));
    }

    private static async Task AllLostAsync(LevityServer server, List<string> ids)
    {
        var client = server.Client();
        foreach (var id in ids)
        {
            var end = await client.EndAsync(id);
            Assert.Equal((TaskStatusCode.Lost, false), (end.StatusCode, end.HasExitCode));
            Assert.Contains("supervisor", end.Ending.Reason, StringComparison.Ordinal);
            Assert.False(end.Ending.HasSignal);
            Assert.Empty(ProcessTable.OfTask(id));

            var log = await client.Follow(id).AllAsync();
            Assert.Equal("ready\n", log.Text());
            Assert.Equal(StreamLogsResponse.EventOneofCase.Sealed, log[^1].EventCase);
        }
    }

    private static async Task AssertUnchangedAsync(LevityServer server, (string Id, QueryTaskResponse End) over) =>
        Assert.Equal(over.End, await server.Client().QueryAsync(over.Id));

    private static async Task RunsAgainAsync(LevityServer server) =>
        await server.Client().SuccessAsync(await server.Client().StartAsync("true"));
}
