using Levity.Linux;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Tests.Fixtures;

namespace Levity.Supervisor.Tests.Children;

/// <summary>Single signals: to the first process of a child, or to all.</summary>
public sealed class SignalTests : SupervisorTests
{
    private readonly TaskId _task = TaskId.New();

    [Theory]
    [InlineData(false, "leader\n")]
    [InlineData(true, "leader\nother\n")]
    public async Task A_signal_is_for_the_first_process_or_for_all(bool tree, string said)
    {
        // The other one has a session of its own, and waits for nobody but its signals.
        const string other = "trap 'echo other' USR1; trap 'exit 0' TERM; : > ready; while :; do sleep 0.02; done";
        var command = SupervisorUnderTest.Command(
            _task,
            "sh",
            "-c",
            $"trap 'echo leader' USR1; trap 'wait; exit 0' TERM; setsid sh -c \"{other}\" & while :; do sleep 0.02; done");
        command.WorkingDir = Google.Protobuf.ByteString.CopyFromUtf8(Supervisor.StateDirectory);
        await Client.StartAsync(command);
        while (!File.Exists(Path.Combine(Supervisor.StateDirectory, "ready")))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.NotNull((await SignalAsync(Signals.SIGUSR1, tree)).Done);

        // What was sent before is acted on before, by each.
        await Client.AskAsync(new Request { StopChild = new StopChild { TaskId = _task.ToString(), GraceMs = 60_000 } });
        Assert.Equal(0, (await Client.NextEndingAsync()).ExitCode);
        var lines = Supervisor.ReadLog(_task, Logs.LogStream.Stdout).Split('\n').Order(StringComparer.Ordinal);
        Assert.Equal(said, string.Concat(lines.Where(line => line.Length > 0).Select(line => $"{line}\n")));
    }

    [Fact]
    public async Task A_signal_that_ends_a_child_is_how_it_ended_and_nobody_has_asked_it_to_stop()
    {
        await Client.StartAsync(SupervisorUnderTest.Command(_task, "sleep", "300"));

        Assert.NotNull((await SignalAsync(Signals.SIGKILL, tree: false)).Done);

        var ended = await Client.NextEndingAsync();
        Assert.Equal((Signals.SIGKILL, "", false), (ended.Signal, ended.StopRequestedBy, ended.GraceExpired));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_child_that_is_over_or_was_never_there_gets_none(bool tree)
    {
        Assert.Equal(Failure.Types.Kind.NoProcess, (await SignalAsync(Signals.SIGUSR1, tree)).Failure.Kind);
        await Client.StartAsync(SupervisorUnderTest.Command(_task, "true"));
        await Client.NextEndingAsync();

        Assert.Equal(Failure.Types.Kind.NoProcess, (await SignalAsync(Signals.SIGUSR1, tree)).Failure.Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_no_signal_is_a_failure_and_the_child_lives_on(bool tree)
    {
        await Client.StartAsync(SupervisorUnderTest.Command(_task, "sleep", "300"));

        Assert.Equal(Failure.Types.Kind.Internal, (await SignalAsync(65, tree)).Failure.Kind);

        await using var next = await Supervisor.HelloAsync();
        Assert.Equal(_task.ToString(), Assert.Single(next.Welcome.Live).TaskId);
    }

    private Task<Reply> SignalAsync(int signal, bool tree) => Client.AskAsync(new Request
    {
        SignalChild = new SignalChild { TaskId = _task.ToString(), Signal = signal, Tree = tree },
    });
}
