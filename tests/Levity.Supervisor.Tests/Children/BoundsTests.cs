using Levity.Linux;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Tests.Fixtures;

namespace Levity.Supervisor.Tests.Children;

/// <summary>Children that are stopped by themselves, and in their own way.</summary>
public sealed class BoundsTests : SupervisorTests
{
    private readonly TaskId _task = TaskId.New();

    [Fact]
    public async Task A_child_that_has_run_for_its_timeout_is_told_to_be_stopping_and_is_stopped()
    {
        await StartAsync("exec sleep 300", timeoutMs: 50, graceMs: 60_000);

        var changed = (await Client.NextEventAsync()).ChildChanged;
        Assert.Equal((_task.ToString(), true), (changed.TaskId, changed.Stopping));
        var ended = await Client.NextEndingAsync();
        Assert.Equal((true, 15, false, ""), (ended.TimedOut, ended.Signal, ended.GraceExpired, ended.StopRequestedBy));
    }

    [Fact]
    public async Task One_that_does_not_obey_is_killed_after_its_grace()
    {
        // Nobody dies of SIGURG.
        await StartAsync("exec sleep 300", timeoutMs: 50, graceMs: 100, Signals.SIGURG);

        Assert.True((await Client.NextEventAsync()).ChildChanged.Stopping);
        var ended = await Client.NextEndingAsync();
        Assert.Equal((true, 9, true), (ended.TimedOut, ended.Signal, ended.GraceExpired));
    }

    [Fact]
    public async Task One_that_ends_before_has_not_timed_out_and_leaves_no_deadline()
    {
        await StartAsync("exit 3", timeoutMs: 20_000, graceMs: 0);

        var ended = await Client.NextEndingAsync();

        Assert.Equal((false, 3), (ended.TimedOut, ended.ExitCode));
    }

    [Fact]
    public async Task A_stop_begins_with_the_childs_own_signal_which_wakes_it()
    {
        var command = SupervisorUnderTest.Command(
            _task, "sh", "-c", "trap 'echo interrupted; exit 6' INT; echo ready; kill -STOP $$; while :; do sleep 0.02; done");
        command.StopSignal = Signals.SIGINT;
        await Client.StartAsync(command);
        await ReadyAsync();
        await StopAsync();

        Assert.Equal(6, (await Client.NextEndingAsync()).ExitCode);
        Assert.Equal("ready\ninterrupted\n", Supervisor.ReadLog(_task, Logs.LogStream.Stdout));
    }

    [Fact]
    public async Task A_timeout_a_grace_and_a_stop_signal_go_over_to_the_next_program()
    {
        await StartAsync("exec sleep 300", timeoutMs: 2000, graceMs: 10, Signals.SIGURG);

        await UpgradeAsync();
        await UpgradeAsync();

        await using var after = await Supervisor.HelloAsync();
        var ended = after.Welcome.Ended.FirstOrDefault() ?? await EndingOfAsync(after);
        Assert.Equal((true, 9, true), (ended.TimedOut, ended.Signal, ended.GraceExpired));
    }

    private static async Task<ChildEnded> EndingOfAsync(ControlClient client)
    {
        while (true)
        {
            if ((await client.NextEventAsync()).ChildEnded is { } ended)
            {
                return ended;
            }
        }
    }

    private async Task StartAsync(string script, long timeoutMs, long graceMs, int stopSignal = 0)
    {
        var command = SupervisorUnderTest.Command(_task, "sh", "-c", script);
        (command.TimeoutMs, command.GraceMs, command.StopSignal) = (timeoutMs, graceMs, stopSignal);
        Assert.NotNull((await Client.StartAsync(command)).ChildStarted);
    }

    private async Task ReadyAsync()
    {
        await Client.AskAsync(new Request { WatchLog = new WatchLog { TaskId = _task.ToString() } });
        Assert.NotNull((await Client.NextEventAsync()).LogGrown);
    }

    private Task StopAsync() => Client.AskAsync(new Request
    {
        StopChild = new StopChild { TaskId = _task.ToString(), GraceMs = 60_000, RequestedBy = "alice" },
    });

    private async Task UpgradeAsync()
    {
        var (exitCode, error) = await Supervisor.RunAsync("upgrade");
        Assert.True(exitCode == 0, $"{error}{Supervisor.Messages}");
    }
}
