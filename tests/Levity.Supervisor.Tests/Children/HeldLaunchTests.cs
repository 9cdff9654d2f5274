using Levity.Linux;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Tests.Fixtures;

namespace Levity.Supervisor.Tests.Children;

/// <summary>
/// A launcher that has become its user and is held up in the middle of execve(2): nobody else may notice, and what comes
/// of it is told as what it is.
/// </summary>
public sealed class HeldLaunchTests : IAsyncLifetime
{
    private readonly TaskId _task = TaskId.New();
    private SupervisorUnderTest _supervisor = null!;
    private HeldProgram _program = null!;
    private ControlClient _client = null!;
    private ControlClient _other = null!;
    private Task<Reply> _held = null!;

    public async ValueTask InitializeAsync()
    {
        OtherUser.Require();
        _program = await HeldProgram.CreateAsync();
        _supervisor = await SupervisorUnderTest.StartAsync();
        _client = await _supervisor.HelloAsync();
        _other = new ControlClient(await _supervisor.ConnectAsync());
        _held = _other.StartAsync(Command(_task, _program.FilePath));
        await _program.IsBeingExecutedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_program is not null)
        {
            await _program.DisposeAsync();
            await _other.DisposeAsync();
            await _client.DisposeAsync();
            await _supervisor.DisposeAsync();
        }
    }

    [Fact]
    public async Task Others_are_started_and_end_meanwhile_and_it_is_executed_later()
    {
        var (own, another) = (TaskId.New(), TaskId.New());
        await _client.StartAsync(SupervisorUnderTest.Command(own, "true"));
        Assert.Equal(own.ToString(), (await _client.NextEndingAsync()).TaskId);
        await _client.StartAsync(Command(another, "true"));
        Assert.Equal(another.ToString(), (await _client.NextEndingAsync()).TaskId);
        Assert.False(_held.IsCompleted);

        _program.Release();

        Assert.True((await _held).ChildStarted.Pid > 1);
        await using var next = await _supervisor.HelloAsync();
        Assert.Equal(_task.ToString(), Assert.Single(next.Welcome.Live).TaskId);
    }

    [Fact]
    public async Task Killed_it_is_a_start_that_has_failed_and_no_ending()
    {
        KillLauncher();

        Assert.Contains("the command was not executed", (await _held).Failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_supervisor.LogOf(_task.ToString())));
        await using var next = await _supervisor.HelloAsync();
        Assert.Empty(next.Welcome.Live);
        Assert.Empty(next.Welcome.Ended);
    }

    [Fact]
    public async Task Whether_it_is_lost_is_answered_when_it_is_known_that_it_is_not()
    {
        await AskWhetherItIsLostAsync();

        _program.Release();

        Assert.Equal(Failure.Types.Kind.Duplicate, (await _client.NextAnswerAsync()).Failure.Kind);
    }

    [Fact]
    public async Task And_when_it_is_known_that_it_was_never_executed()
    {
        await AskWhetherItIsLostAsync();

        KillLauncher();

        Assert.True((await _client.NextAnswerAsync()).ChildEnded.NeverExecuted);
    }

    [Fact]
    public async Task An_upgrade_waits_for_it()
    {
        var upgrade = _supervisor.RunAsync("upgrade", "--program", SupervisorUnderTest.Program);
        await _client.StartAsync(SupervisorUnderTest.Command(TaskId.New(), "true"));
        Assert.False(upgrade.IsCompleted);

        _program.Release();

        var (exitCode, error) = await upgrade;
        Assert.True(exitCode == 0, error);
        await using var next = await _supervisor.HelloAsync();

        // The other one may not have been waited for yet.
        Assert.Contains(next.Welcome.Live, child => child.TaskId == _task.ToString());
    }

    [Fact]
    public async Task A_supervisor_that_is_told_to_stop_does_not_wait_for_it()
    {
        var (exitCode, error) = await _supervisor.RunAsync("stop");

        Assert.True(exitCode == 0, error);
        await _client.Closed;
    }

    private async Task AskWhetherItIsLostAsync()
    {
        _client.Post(new Request
        {
            SealLog = new SealLog
            {
                TaskId = _task.ToString(),
                Ending = new ChildEnded { TaskId = _task.ToString(), LostReason = "nobody knows" },
            },
        });

        // What was asked later is answered first.
        Assert.NotNull((await _client.StartAsync(SupervisorUnderTest.Command(TaskId.New(), "true"))).ChildStarted);
    }

    // As any process of its user could.
    private void KillLauncher()
    {
        using var launcher = PidFd.TryOpen(Assert.Single(TaskProcesses.Of(_task)));
        Assert.True(launcher!.TrySignal(Signals.SIGKILL));
    }

    private static StartChild Command(TaskId task, params string[] argv) => AccountTests.Command(task, argv);
}
