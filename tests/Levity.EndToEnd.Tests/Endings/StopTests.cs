using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Endings;

/// <summary>Tasks that are asked to stop: they may go in peace, and have to go.</summary>
public sealed class StopTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const int Sigterm = 15;
    private const int Sigkill = 9;

    private readonly LevityServer _server = shared.Server;
    private readonly TestClient _client = shared.Server.Client();

    [Fact]
    public async Task A_task_that_does_as_it_is_asked_is_Finished_by_the_signal()
    {
        var id = await _client.StartAsync("sleep", "300");

        await _client.SignalAsync(id);
        var end = await _client.EndAsync(id);

        Assert.Equal((TaskStatusCode.Finished, false), (end.StatusCode, end.HasExitCode));
        Assert.Equal((Sigterm, false), (end.Ending.Signal, end.Ending.GraceExpired));
        Assert.Equal("alice", end.Ending.StopRequestedBy);
    }

    [Fact]
    public async Task A_task_that_ignores_SIGTERM_is_BrutallyKilled_after_the_grace()
    {
        await using var server = await LevityServer.StartAsync(new ServerSettings { Grace = "300ms" });
        var client = server.Client();
        var id = await client.ChildAsync("ignore-term");
        await client.OutputAsync(id, "ready\n");

        await client.SignalAsync(id);
        var end = await client.EndAsync(id);

        Assert.Equal((TaskStatusCode.BrutallyKilled, false), (end.StatusCode, end.HasExitCode));
        Assert.Equal((Sigkill, true), (end.Ending.Signal, end.Ending.GraceExpired));
        Assert.Equal("alice", end.Ending.StopRequestedBy);
        Assert.Empty(ProcessTable.OfTask(id));
    }

    [Fact]
    public async Task What_a_task_says_before_it_goes_is_kept()
    {
        const int farewell = 1024 * 1024;
        var id = await _client.ShellAsync(
            "trap 'head -c \"$1\" /dev/zero; exit 0' TERM; echo ready; while :; do sleep 0.02; done", $"{farewell}");
        await _client.OutputAsync(id, "ready\n");

        await _client.SignalAsync(id);
        var end = await _client.EndAsync(id);

        Assert.Equal((TaskStatusCode.Finished, true, 0), (end.StatusCode, end.HasExitCode, end.ExitCode));
        Assert.Equal("alice", end.Ending.StopRequestedBy);
        Assert.Equal("ready\n".Length + farewell, (await _client.FetchAsync(id)).Stdout.Length);
    }

    [Fact]
    public async Task A_task_that_has_stopped_itself_can_be_asked_too()
    {
        var id = await _client.ShellAsync("kill -STOP $$; exit 0");
        var pid = await PidOfAsync(id);
        await Eventually.TrueAsync(() => ProcessEntry.Find(pid)?.State == 'T', "the task being stopped");

        await _client.SignalAsync(id);
        var end = await _client.EndAsync(id);

        // SIGTERM itself, and not the SIGKILL that a stopped process would not survive either.
        Assert.Equal(
            (TaskStatusCode.Finished, Sigterm, false), (end.StatusCode, end.Ending.Signal, end.Ending.GraceExpired));
    }

    [Fact]
    public async Task All_processes_of_a_task_are_asked()
    {
        var id = await _client.ShellAsync("""
            (trap 'echo child; exit 0' TERM; echo ready; while :; do sleep 0.02; done) &
            trap 'wait; echo parent; exit 4' TERM
            wait
            """);
        await _client.OutputAsync(id, "ready\n");

        await _client.SignalAsync(id);

        Assert.Equal(4, (await _client.EndAsync(id)).ExitCode);
        Assert.Equal("ready\nchild\nparent\n", (await _client.FetchAsync(id)).Stdout.ToStringUtf8());
    }

    [Fact]
    public async Task Asking_again_does_not_shorten_the_grace_and_who_asked_first_is_told()
    {
        var go = new Gate(_server);
        var id = await _client.ShellAsync($"trap '' TERM; echo ready; {Gate.Wait}; exit 5", go.FilePath);
        await _client.OutputAsync(id, "ready\n");

        for (var i = 0; i < 20; i++)
        {
            await _client.SignalAsync(id);
        }

        Assert.Equal(TaskStatusCode.Signalled, (await _client.QueryAsync(id)).StatusCode);
        go.Open();
        var end = await _client.EndAsync(id);
        Assert.Equal((TaskStatusCode.Finished, 5), (end.StatusCode, end.ExitCode));
    }

    [Fact]
    public async Task What_is_over_stays_as_it_is()
    {
        var id = await _client.ShellAsync("exit 3");
        var end = await _client.EndAsync(id);

        await _client.SignalAsync(id);

        Assert.Equal(end, await _client.QueryAsync(id));
        Assert.False(end.Ending.HasStopRequestedBy);
    }

    private static async Task<int> PidOfAsync(string id)
    {
        await Eventually.TrueAsync(() => ProcessTable.OfTask(id).Count > 0, "the task's process");
        return ProcessTable.OfTask(id)[0];
    }
}
