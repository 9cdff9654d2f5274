using Google.Protobuf;
using Levity.Linux;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Tests.Fixtures;

namespace Levity.Supervisor.Tests.Children;

/// <summary>Children whose command is executed again when it fails.</summary>
public sealed class RetryTests : SupervisorTests
{
    private const long Never = 3_600_000;

    // Counts the attempts, in a file.
    private const string Count = "echo >> runs; n=$(wc -l < runs); ";

    private readonly TaskId _task = TaskId.New();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_fails_is_executed_again_until_it_does_not_and_its_log_goes_on(bool withLauncher)
    {
        await StartAsync(Count + "echo \"attempt $n\"; echo \"error $n\" >&2; [ $n -ge 3 ]", most: 5, withLauncher: withLauncher);

        var (changes, ended) = await UntilTheEndAsync();

        Assert.Equal((0, 3, ""), (ended.ExitCode, ended.Attempts, ended.RetryFailure));
        Assert.Equal("attempt 1\nattempt 2\nattempt 3\n", Supervisor.ReadLog(_task, Logs.LogStream.Stdout));
        Assert.Equal("error 1\nerror 2\nerror 3\n", Supervisor.ReadLog(_task, Logs.LogStream.Stderr));
        Assert.Equal([(1, true), (2, false), (2, true), (3, false)], changes.Select(to => (to.Attempt, to.NextAttemptAtUnixNs > 0)));
        Assert.All(changes, to => Assert.Equal((1, ended.StartedAtUnixNs), (to.LastEnd.ExitCode, to.StartedAtUnixNs)));
        Assert.Equal([false, true, false, true], changes.Select(to => to.Pid > 0));
    }

    [Fact]
    public async Task One_that_never_succeeds_ends_as_its_last_attempt_did()
    {
        await StartAsync(Count + "exit $((n + 4))", most: 2);

        var (_, ended) = await UntilTheEndAsync();

        Assert.Equal((7, 3), (ended.ExitCode, ended.Attempts));
    }

    [Fact]
    public async Task One_that_succeeds_at_once_is_executed_once()
    {
        await StartAsync("echo once", most: 5);

        var (changes, ended) = await UntilTheEndAsync();

        Assert.Empty(changes);
        Assert.Equal((0, 1), (ended.ExitCode, ended.Attempts));
    }

    [Fact]
    public async Task Death_by_a_signal_is_a_failure_and_is_forgotten_when_the_next_attempt_succeeds()
    {
        await StartAsync(Count + "[ $n -ge 2 ] || kill -9 $$", most: 1);

        var (changes, ended) = await UntilTheEndAsync();

        Assert.Equal(Signals.SIGKILL, changes[0].LastEnd.Signal);
        Assert.Equal((0, false, 2), (ended.ExitCode, ended.HasSignal, ended.Attempts));
    }

    [Fact]
    public async Task Nothing_of_an_attempt_is_left_when_the_next_one_begins()
    {
        await StartAsync(
            Count + "[ $n -ge 2 ] && { kill -0 $(cat left) 2>/dev/null && echo alive || echo gone; exit 0; }; "
                + "setsid sleep 300 & echo $! > left; exit 1",
            most: 1);

        var (_, ended) = await UntilTheEndAsync();

        Assert.Equal("gone\n", Supervisor.ReadLog(_task, Logs.LogStream.Stdout));
        Assert.Equal(1, ended.ProcessesKilled);
        Assert.Empty(TaskProcesses.Of(_task));
    }

    [Fact]
    public async Task Each_further_wait_is_twice_as_long_up_to_the_longest()
    {
        await StartAsync("exit 1", most: 4, backoffMs: 20, longestMs: 50);

        var (changes, _) = await UntilTheEndAsync();

        var waits = changes.Where(to => to.NextAttemptAtUnixNs > 0)
            .Select(to => to.NextAttemptAtUnixNs - to.LastEnd.EndedAtUnixNs)
            .ToList();
        Assert.Equal(4, waits.Count);

        // They are counted from the moment when nothing was left, which is a little after the end.
        Assert.All(waits.Zip([20L, 40, 50, 50]), wait => Assert.True(wait.First >= wait.Second * 1_000_000, $"{wait}"));
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("")]
    public async Task One_that_waits_is_over_at_once_when_it_is_asked_to_stop_or_times_out(string stopper)
    {
        await StartAsync("exit 7", most: 3, backoffMs: Never, timeoutMs: stopper.Length > 0 ? 0 : 300);
        Assert.True((await Client.NextEventAsync()).ChildChanged.NextAttemptAtUnixNs > 0);

        if (stopper.Length > 0)
        {
            Assert.NotNull((await StopAsync(stopper)).Done);
        }

        var (_, ended) = await UntilTheEndAsync();
        Assert.Equal(
            (7, 1, stopper, stopper.Length == 0, false),
            (ended.ExitCode, ended.Attempts, ended.StopRequestedBy, ended.TimedOut, ended.GraceExpired));
    }

    [Fact]
    public async Task One_that_was_asked_to_stop_is_not_executed_again()
    {
        await StartAsync(Count + "echo $n; [ $n -ge 2 ] || exit 1; exec sleep 300", most: 3);
        await NextAttemptAsync(2);

        await StopAsync("alice");

        var (_, ended) = await UntilTheEndAsync();
        Assert.Equal((15, 2, "alice"), (ended.Signal, ended.Attempts, ended.StopRequestedBy));
    }

    [Fact]
    public async Task A_timeout_is_for_all_attempts_together()
    {
        await StartAsync(Count + "[ $n -ge 2 ] || exit 1; exec sleep 300", most: 3, timeoutMs: 500);

        var (_, ended) = await UntilTheEndAsync();

        Assert.Equal((true, 15, 2), (ended.TimedOut, ended.Signal, ended.Attempts));
    }

    [Fact]
    public async Task One_that_waits_has_no_process_that_could_be_signalled_or_measured()
    {
        await StartAsync("exit 7", most: 3, backoffMs: Never);
        Assert.True((await Client.NextEventAsync()).ChildChanged.NextAttemptAtUnixNs > 0);

        foreach (var tree in (bool[])[false, true])
        {
            var refused = await Client.AskAsync(new Request
            {
                SignalChild = new SignalChild { TaskId = _task.ToString(), Signal = Signals.SIGUSR1, Tree = tree },
            });
            Assert.Equal(Failure.Types.Kind.NoProcess, refused.Failure.Kind);
        }

        var measured = await Client.AskAsync(new Request { MeasureChildren = new MeasureChildren { TaskIds = { _task.ToString() } } });
        Assert.Empty(measured.ChildrenMeasured.Children);
    }

    [Fact]
    public async Task What_it_uses_is_what_all_attempts_have_used()
    {
        // The first one takes some time of the processor.
        await StartAsync(
            Count + "[ $n -ge 2 ] && exec sleep 300; i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done; exit 1", most: 1);
        var first = (await NextAttemptAsync(2)).LastEnd;

        MeasuredChild? measured = null;
        while (measured is null)
        {
            var reply = await Client.AskAsync(
                new Request { MeasureChildren = new MeasureChildren { TaskIds = { _task.ToString() } } });
            measured = reply.ChildrenMeasured.Children.SingleOrDefault();
        }

        await StopAsync("alice");
        var (_, ended) = await UntilTheEndAsync();

        Assert.True(first.UserTimeUs > 1000);
        Assert.True(measured.UserTimeUs >= first.UserTimeUs, $"{measured.UserTimeUs} of {first.UserTimeUs}");
        Assert.True(ended.UserTimeUs >= first.UserTimeUs, $"{ended.UserTimeUs} of {first.UserTimeUs}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_attempt_whose_command_cannot_be_executed_any_more_counts_and_the_last_exit_stays(bool withLauncher)
    {
        var program = Path.Combine(Supervisor.StateDirectory, "program");
        await File.WriteAllTextAsync(program, "#!/bin/sh\nrm program; exit 3\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await StartAsync(Command([program], most: 2, withLauncher: withLauncher));

        var (_, ended) = await UntilTheEndAsync();

        Assert.Equal((3, 3), (ended.ExitCode, ended.Attempts));
        Assert.Contains("ENOENT", ended.RetryFailure, StringComparison.Ordinal);
        Assert.Equal("", Supervisor.ReadLog(_task, Logs.LogStream.Stdout));
    }

    [Fact]
    public async Task One_that_is_asked_to_stop_while_it_is_launched_is_over_with_the_exit_that_it_had()
    {
        await using var held = await HeldProgram.CreateAsync();
        var program = Path.Combine(Supervisor.StateDirectory, "program");
        await File.WriteAllTextAsync(
            program, $"#!/bin/sh\nln -sfn {held.FilePath} program\nexit 3\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await StartAsync(Command([program], most: 2, withLauncher: true));
        await held.IsBeingExecutedAsync();

        Assert.NotNull((await StopAsync("alice")).Done);

        var (_, ended) = await UntilTheEndAsync();
        Assert.Equal((3, 1, "alice", ""), (ended.ExitCode, ended.Attempts, ended.StopRequestedBy, ended.RetryFailure));
        Assert.Empty(TaskProcesses.Of(_task));
    }

    [Fact]
    public async Task A_supervisor_that_is_told_to_stop_waits_for_no_attempt()
    {
        await StartAsync("exit 7", most: 3, backoffMs: Never);
        Assert.True((await Client.NextEventAsync()).ChildChanged.NextAttemptAtUnixNs > 0);

        Assert.Equal((0, ""), await Supervisor.RunAsync("stop"));

        await Client.Closed;
        await Supervisor.RestartAsync();
        Client = await Supervisor.HelloAsync();
        Assert.Empty(Client.Welcome.Live);
    }

    [Fact]
    public async Task The_next_levityd_is_told_of_one_that_waits()
    {
        await StartAsync("exit 7", most: 3, backoffMs: Never);
        var waits = (await Client.NextEventAsync()).ChildChanged;

        await using var next = await Supervisor.HelloAsync();

        Assert.Equal(waits, Assert.Single(next.Welcome.Live));
    }

    [Fact]
    public async Task One_that_waits_goes_over_to_the_next_program_which_executes_it()
    {
        await StartAsync(Count + "echo $n; [ $n -ge 3 ] || exit 1", most: 2, backoffMs: 1500);
        var waits = (await Client.NextEventAsync()).ChildChanged;
        Assert.Equal(1, waits.Attempt);

        await UpgradeAsync();
        await UpgradeAsync();

        await using var after = await Supervisor.HelloAsync();
        var ended = after.Welcome.Ended.FirstOrDefault() ?? (await UntilTheEndAsync(after)).Ended;
        Assert.Equal((0, 3, waits.StartedAtUnixNs), (ended.ExitCode, ended.Attempts, ended.StartedAtUnixNs));
        Assert.Equal("1\n2\n3\n", Supervisor.ReadLog(_task, Logs.LogStream.Stdout));
    }

    [Fact]
    public async Task A_later_attempt_goes_over_with_all_that_the_ones_before_have_come_to()
    {
        await StartAsync(
            Count + "echo $n; [ $n -eq 1 ] && { sleep 300 & exit 1; }; "
                + "[ $n -eq 2 ] && { while [ ! -e go ]; do sleep 0.02; done; exit 2; }; exit 5",
            most: 2);
        var second = await NextAttemptAsync(2);

        await UpgradeAsync();
        await UpgradeAsync();
        await using var after = await Supervisor.HelloAsync();
        var live = Assert.Single(after.Welcome.Live);
        Assert.Equal((second.Attempt, second.Pid, 1), (live.Attempt, live.Pid, live.LastEnd.ExitCode));
        await File.WriteAllTextAsync(
            Path.Combine(Supervisor.StateDirectory, "go"), "", TestContext.Current.CancellationToken);

        var (changes, ended) = await UntilTheEndAsync(after);
        Assert.Equal([2, 3], changes.Select(to => to.Attempt));
        Assert.Equal((5, 3, 1), (ended.ExitCode, ended.Attempts, ended.ProcessesKilled));
        Assert.Equal("1\n2\n3\n", Supervisor.ReadLog(_task, Logs.LogStream.Stdout));
    }

    [Fact]
    public async Task Each_attempt_has_its_memory_limit_and_the_peak_is_that_of_all()
    {
        const string hungry = "head -c 20000000 /dev/zero | tail -c 15000000 > /dev/null";
        var command = Command(["sh", "-c", $"{Count}[ $n -ge 2 ] || {{ {hungry}; exit 1; }}"], most: 1);
        command.Limits = new Limits { MemoryBytes = 200_000_000 };
        var started = await Client.StartAsync(command);
        Assert.SkipWhen(started.Failure is { Kind: Failure.Types.Kind.Limits }, $"no limits here: {started.Failure?.Message}");
        Assert.NotNull(started.ChildStarted);

        var (_, ended) = await UntilTheEndAsync();

        Assert.Equal((0, 2), (ended.ExitCode, ended.Attempts));
        Assert.InRange(ended.MemoryPeakBytes, 15_000_000, 200_000_000);
    }

    private async Task StartAsync(
        string script, uint most, long backoffMs = 1, long longestMs = 0, long timeoutMs = 0, bool withLauncher = false)
    {
        var command = Command(["sh", "-c", script], most, backoffMs, longestMs, withLauncher);
        (command.TimeoutMs, command.GraceMs) = (timeoutMs, 60_000);
        await StartAsync(command);
    }

    private async Task StartAsync(StartChild command)
    {
        var started = await Client.StartAsync(command);
        Assert.True(started.ChildStarted is not null, started.Failure?.Message);
    }

    private StartChild Command(string[] argv, uint most, long backoffMs = 1, long longestMs = 0, bool withLauncher = false)
    {
        var command = SupervisorUnderTest.Command(_task, argv);
        command.WorkingDir = ByteString.CopyFromUtf8(Supervisor.StateDirectory);
        command.Retry = new ChildRetry { MostRetries = most, BackoffMs = backoffMs, LongestBackoffMs = longestMs };
        if (withLauncher)
        {
            Assert.True(ProcessLimit.TryFind("core", out var core));
            command.Ulimits.Add(new ChildLimit { Resource = (uint)core });
        }

        return command;
    }

    private async Task<LiveChild> NextAttemptAsync(int attempt)
    {
        while (true)
        {
            if ((await Client.NextEventAsync()).ChildChanged is { NextAttemptAtUnixNs: 0 } changed && changed.Attempt == attempt)
            {
                return changed;
            }
        }
    }

    private Task<(List<LiveChild> Changes, ChildEnded Ended)> UntilTheEndAsync() => UntilTheEndAsync(Client);

    private static async Task<(List<LiveChild> Changes, ChildEnded Ended)> UntilTheEndAsync(ControlClient client)
    {
        var changes = new List<LiveChild>();
        while (true)
        {
            var news = await client.NextEventAsync();
            if (news.ChildEnded is { } ended)
            {
                return (changes, ended);
            }

            if (news.ChildChanged is { Stopping: false } changed)
            {
                changes.Add(changed);
            }
        }
    }

    private Task<Reply> StopAsync(string requestedBy) => Client.AskAsync(new Request
    {
        StopChild = new StopChild { TaskId = _task.ToString(), GraceMs = 60_000, RequestedBy = requestedBy },
    });

    private async Task UpgradeAsync()
    {
        var (exitCode, error) = await Supervisor.RunAsync("upgrade");
        Assert.True(exitCode == 0, $"{error}{Supervisor.Messages}");
    }
}
