using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Tests.Fixtures;

namespace Levity.Supervisor.Tests.Children;

public sealed class ChildLifeTests : SupervisorTests
{
    [Fact]
    public async Task A_child_is_told_to_have_ended_with_its_exit_code()
    {
        var task = TaskId.New();
        var started = await Client.StartAsync(SupervisorUnderTest.Command(task, "sh", "-c", "exit 42"));
        Assert.True(started.ChildStarted.Pid > 1);

        var ended = await Client.NextEndingAsync();
        Assert.Equal(task.ToString(), ended.TaskId);
        Assert.Equal(42, ended.ExitCode);
        Assert.False(ended.HasSignal);
        Assert.True(ended.EndedAtUnixNs >= started.ChildStarted.StartedAtUnixNs);
        Assert.InRange(ended.MaxRssBytes, 100_000, 100_000_000);
    }

    [Fact]
    public async Task Death_by_a_signal_is_no_exit_code()
    {
        await Client.StartAsync(SupervisorUnderTest.Command(TaskId.New(), "sh", "-c", "kill -9 $$"));
        var ended = await Client.NextEndingAsync();
        Assert.Equal(9, ended.Signal);
        Assert.False(ended.HasExitCode);
        Assert.False(ended.GraceExpired);
    }

    [Fact]
    public async Task A_command_that_cannot_be_executed_leaves_nothing_behind()
    {
        var task = TaskId.New();
        var reply = await Client.StartAsync(SupervisorUnderTest.Command(task, "/no/such/program"));
        Assert.Equal(Failure.Types.Kind.Command, reply.Failure.Kind);
        Assert.Contains("/no/such/program", reply.Failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Supervisor.StateDirectory, "logs", task.ToString())));
    }

    [Fact]
    public async Task An_id_that_is_no_task_id_is_refused()
    {
        var child = SupervisorUnderTest.Command(TaskId.New(), "true");
        child.TaskId = "../escape";
        Assert.Equal(Failure.Types.Kind.Internal, (await Client.StartAsync(child)).Failure.Kind);
    }

    [Fact]
    public async Task A_task_is_started_once_even_after_it_was_forgotten()
    {
        var task = TaskId.New();
        await Client.StartAsync(SupervisorUnderTest.Command(task, "true"));
        await Client.NextEndingAsync();
        await Client.AskAsync(new Request { ForgetChild = new ForgetChild { TaskId = task.ToString() } });

        var again = await Client.StartAsync(SupervisorUnderTest.Command(task, "true"));
        Assert.Equal(Failure.Types.Kind.Duplicate, again.Failure.Kind);
    }

    [Fact]
    public async Task A_child_that_ignores_the_request_to_stop_is_killed_after_the_grace()
    {
        var task = TaskId.New();
        await Client.StartAsync(
            SupervisorUnderTest.Command(task, "sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"));
        await WatchAsync(task, 0);
        await Client.NextEventAsync();

        await StopAsync(task, graceMs: 100);
        var ended = await Client.NextEndingAsync();
        Assert.True(ended.GraceExpired);
        Assert.Equal(9, ended.Signal);
        Assert.Equal("alice", ended.StopRequestedBy);
        Assert.True(ended.ProcessesKilled >= 1);
    }

    [Fact]
    public async Task A_child_that_obeys_has_its_own_exit_code()
    {
        var task = TaskId.New();
        await Client.StartAsync(
            SupervisorUnderTest.Command(task, "sh", "-c", "trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done"));
        await WatchAsync(task, 0);
        await Client.NextEventAsync();

        await StopAsync(task, graceMs: 30_000);
        await StopAsync(task, graceMs: 60_000, requestedBy: "bob");
        var ended = await Client.NextEndingAsync();
        Assert.False(ended.GraceExpired);
        Assert.Equal(3, ended.ExitCode);
        Assert.Equal("alice", ended.StopRequestedBy);
    }

    [Fact]
    public async Task A_child_that_is_asked_again_with_less_grace_is_killed_then()
    {
        var task = TaskId.New();
        await Client.StartAsync(
            SupervisorUnderTest.Command(task, "sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"));
        await WatchAsync(task, 0);
        await Client.NextEventAsync();

        await StopAsync(task, graceMs: 24 * 3600 * 1000);
        await StopAsync(task, graceMs: 0, requestedBy: "bob");
        var ended = await Client.NextEndingAsync();
        Assert.Equal((9, true), (ended.Signal, ended.GraceExpired));
        Assert.Equal("alice", ended.StopRequestedBy);
    }

    [Fact]
    public async Task What_the_leader_leaves_behind_is_killed_and_counted()
    {
        await Client.StartAsync(SupervisorUnderTest.Command(TaskId.New(), "sh", "-c", "setsid sleep 300 & exit 7"));
        var ended = await Client.NextEndingAsync();
        Assert.Equal(7, ended.ExitCode);
        Assert.Equal(1, ended.ProcessesKilled);
    }

    [Fact]
    public async Task One_watch_is_one_event_however_much_is_written()
    {
        var task = TaskId.New();
        await Client.StartAsync(SupervisorUnderTest.Command(
            task, "sh", "-c", "i=0; while [ $i -lt 200 ]; do echo $i; i=$((i+1)); done; exec sleep 300"));
        await WatchAsync(task, 0);
        var grown = (await Client.NextEventAsync()).LogGrown;
        Assert.True(grown.End > 0);
        Assert.False(grown.Sealed);

        // Answered in order: had another event been due, it would be here before this answer.
        await WatchAsync(task, ulong.MaxValue);
        Assert.False(Client.HasEvent);

        await StopAsync(task, graceMs: 1000);
        Assert.True((await Client.NextEventAsync()).LogGrown.Sealed);
    }

    [Fact]
    public async Task A_watch_of_a_task_that_is_over_is_answered_at_once()
    {
        var task = TaskId.New();
        await Client.StartAsync(SupervisorUnderTest.Command(task, "echo", "one"));
        await Client.NextEndingAsync();

        await WatchAsync(task, 0);
        Assert.True((await Client.NextEventAsync()).LogGrown.Sealed);
        await WatchAsync(task, ulong.MaxValue);
        Assert.True((await Client.NextEventAsync()).LogGrown.Sealed);
    }

    [Fact]
    public async Task A_watch_of_a_task_that_is_over_and_whose_log_has_no_end_is_not_answered()
    {
        var task = TaskId.New();
        await Client.StartAsync(SupervisorUnderTest.Command(task, "sleep", "300"));
        var log = Path.Combine(Supervisor.StateDirectory, "logs", task.ToString());
        await OpenFiles.NoneAsync(Client.Welcome.Pid, log);
        Directory.Delete(log, recursive: true);

        await StopAsync(task, graceMs: 30_000);
        await Client.NextEndingAsync();
        Assert.Contains("could not be sealed", Supervisor.Messages, StringComparison.Ordinal);

        // Answered in order: an event would be here before the second answer. A follower would ask again, for ever.
        await WatchAsync(task, 0);
        await WatchAsync(task, 0);
        Assert.False(Client.HasEvent);
    }

    [Fact]
    public async Task The_log_of_a_task_that_never_writes_is_not_kept_open()
    {
        var task = TaskId.New();
        await Client.StartAsync(SupervisorUnderTest.Command(task, "sleep", "300"));

        var log = Path.Combine(Supervisor.StateDirectory, "logs", task.ToString());
        await OpenFiles.NoneAsync(Client.Welcome.Pid, log);
    }

    [Fact]
    public async Task Three_hundred_children_at_once_end_each_with_its_own_code()
    {
        var codes = new Dictionary<string, int>();
        for (var i = 0; i < 300; i++)
        {
            var task = TaskId.New();
            codes[task.ToString()] = i % 256;
            await Client.StartAsync(SupervisorUnderTest.Command(task, "sh", "-c", $"exit {i % 256}"));
        }

        for (var i = 0; i < 300; i++)
        {
            var ended = await Client.NextEndingAsync();
            Assert.True(codes.Remove(ended.TaskId, out var code), "told twice");
            Assert.True(ended.HasExitCode && ended.ExitCode == code, $"{ended}, expected {code}");
        }
    }

    private Task WatchAsync(TaskId task, ulong cursor) =>
        Client.AskAsync(new Request { WatchLog = new WatchLog { TaskId = task.ToString(), Cursor = cursor } });

    private Task StopAsync(TaskId task, long graceMs, string requestedBy = "alice") => Client.AskAsync(new Request
    {
        StopChild = new StopChild { TaskId = task.ToString(), GraceMs = graceMs, RequestedBy = requestedBy },
    });
}
