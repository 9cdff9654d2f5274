using Levity.Linux;
using Levity.Processes.ProcFs;
using Levity.Processes.Tests.Fixtures;

namespace Levity.Processes.Tests;

/// <summary>What each kind of containment keeps. Whoever makes one inherits these tests.</summary>
public abstract class ContainmentContract : IDisposable
{
    // Each prints its number first; none is in its parent's session or has a parent for long.
    private const string Daemon = "(setsid sh -c 'echo $$; exec sleep 1000 </dev/null >/dev/null 2>&1' &)";

    protected ContainmentContract(ContainmentRoot root) => Root = root;

    protected ContainmentRoot Root { get; }

    public virtual void Dispose()
    {
        Orphans.Reap();
        Root.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Brings a task to where a long-lived one is.</summary>
    private protected virtual void Settle(ContainedTask task)
    {
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_task_that_leaves_nobody_is_empty_when_its_leader_has_ended(bool isSettled)
    {
        using var task = Start("echo; read -r line; exit 3", isSettled);

        task.WaitUntilLeaderEnded();

        Assert.True(task.Containment.IsEmpty);
        Assert.Equal(0, task.Containment.KillAll());
        Assert.Equal(3, task.WaitForLeader().ExitCode);
        Assert.True(task.Containment.IsEmpty);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_task_is_not_empty_while_its_leader_is_alive(bool isSettled)
    {
        using var task = Start("echo; exec sleep 1000", isSettled);

        Assert.False(task.Containment.IsEmpty);
        Assert.Equal(1, task.Containment.KillAll());

        Assert.Equal(Signals.SIGKILL, task.WaitForLeader().Signal);
        task.WaitUntilEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_leader_leaves_behind_is_killed(bool isSettled)
    {
        using var task = Start("echo; sleep 1000 & echo $!", isSettled);
        using var left = task.ReadProcesses()[0];

        Assert.Equal(1, task.EndAfterLeader());
        left.WaitUntilEnded();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_process_of_another_session_is_killed(bool isSettled)
    {
        using var task = Start("echo; setsid sh -c 'echo $$; exec sleep 1000' & exec sleep 1000", isSettled);
        using var other = task.ReadProcesses()[0];

        Assert.Equal(2, task.Containment.KillAll());
        other.WaitUntilEnded();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_daemon_is_killed(bool isSettled)
    {
        using var task = Start($"echo; {Daemon}; exec sleep 1000", isSettled);
        using var daemon = task.ReadProcesses()[0];

        Assert.Equal(2, task.Containment.KillAll());
        daemon.WaitUntilEnded();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_daemon_that_its_leader_left_is_killed(bool isSettled)
    {
        using var task = Start($"echo; {Daemon}", isSettled);
        using var daemon = task.ReadProcesses()[0];

        Assert.Equal(1, task.EndAfterLeader());
        daemon.WaitUntilEnded();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_daemon_that_cleared_its_environment_is_killed_with_the_only_task(bool isSettled)
    {
        const string bareDaemon = $"(env -i PATH={Specs.Path} setsid sh -c 'echo $$; exec sleep 1000' &)";
        using var task = Start($"echo; {bareDaemon}; exec sleep 1000", isSettled);
        using var daemon = task.ReadProcesses()[0];

        task.Containment.KillAll();
        daemon.WaitUntilEnded();
        task.WaitUntilEmpty();
    }

    [Fact]
    public void A_daemon_is_none_of_another_tasks_business()
    {
        using var task = Start($"echo; {Daemon}; exec sleep 1000", isSettled: false);
        using var daemon = task.ReadProcesses()[0];
        using (var other = Start("echo; sleep 1000 & exec sleep 1000", isSettled: false))
        {
            other.Containment.Signal(Signals.SIGTERM, wakes: true);
            other.EndAfterLeader();
        }

        Assert.True(daemon.IsAlive);
        Assert.False(task.Containment.IsEmpty);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SIGTERM_reaches_every_process(bool isSettled)
    {
        using var task = Start(
            $"echo; {Daemon}; sleep 1000 & echo $!; sh -c 'sleep 1000; :' & exec sleep 1000", isSettled);
        var processes = task.ReadProcesses(2);

        task.Containment.Signal(Signals.SIGTERM, wakes: true);

        processes.ForEach(process => process.WaitUntilEnded());
        task.WaitUntilLeaderEnded();
        task.WaitUntilEmpty();
        Assert.Equal(0, task.Containment.KillAll());
        Assert.Equal(Signals.SIGTERM, task.WaitForLeader().Signal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_signal_reaches_every_process_once_and_wakes_nobody(bool isSettled)
    {
        // Each counts what it gets, and has nobody else in its task but a sleep that dies of it now and then.
        const string count = "exec 2>/dev/null; trap 'echo got' USR1; trap 'exit 0' TERM; echo $$; while :; do sleep 0.02; done";
        using var task = Start($"echo; (setsid sh -c \"{count}\") & echo; kill -STOP $$; exec sleep 1000", isSettled);
        task.ReadLine();
        using var counting = task.ReadProcesses()[0];
        Patience.Until(() => StateOf(task.Pid) == "T", "it did not stop");

        task.Containment.Signal(Signals.SIGUSR1, wakes: false);

        Assert.Equal("got", task.ReadLine());
        Assert.Equal("T", StateOf(task.Pid));
        task.Containment.Signal(Signals.SIGTERM, wakes: true);
        counting.WaitUntilEnded();
        Assert.Equal(Signals.SIGUSR1, task.WaitForLeader().Signal);
        task.KillUntilEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_task_that_ignores_SIGTERM_is_killed(bool isSettled)
    {
        using var task = StartProgram("ignore-term", isSettled);

        task.Containment.Signal(Signals.SIGTERM, wakes: true);
        Assert.False(task.Containment.IsEmpty);

        Assert.Equal(1, task.Containment.KillAll());
        Assert.Equal(Signals.SIGKILL, task.WaitForLeader().Signal);
    }

    [Fact]
    public void A_stopped_task_acts_on_SIGTERM()
    {
        using var task = Start("echo; kill -STOP $$; exec sleep 1000", isSettled: true);
        Patience.Until(() => StateOf(task.Pid) == "T", "it did not stop");

        task.Containment.Signal(Signals.SIGTERM, wakes: true);

        Assert.Equal(Signals.SIGTERM, task.WaitForLeader().Signal);
    }

    [Fact]
    public void A_stopped_task_can_be_killed()
    {
        using var task = StartProgram("stop-self", isSettled: false);
        Patience.Until(() => StateOf(task.Pid) == "T", "it did not stop");

        task.Containment.KillAll();

        Assert.Equal(Signals.SIGKILL, task.WaitForLeader().Signal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_storm_of_forks_is_killed(bool isSettled)
    {
        // Eight that fork until there are 480, each of a session of its own: some are always on their way.
        const string storm = "echo; for i in 1 2 3 4 5 6 7 8; do "
            + "(n=0; while [ $n -lt 60 ]; do n=$((n + 1)); (setsid sleep 100 &) ; done) & done; echo; wait";
        using var task = Start(storm, isSettled);
        task.ReadLine();

        Assert.True(task.Containment.KillAll() > 8);

        Assert.Equal(Signals.SIGKILL, task.WaitForLeader().Signal);
        task.KillUntilEmpty();
        Assert.Empty(MarkedWith(task.TaskId));
    }

    [Fact]
    public void A_leader_that_has_ended_already_can_be_adopted()
    {
        var containment = Root.Create("gone-at-once");
        using var leader = StartedProcess.Start(Specs.Of("/bin/true"));
        leader.WaitUntilEnded();

        containment.Adopt(leader.Pid);

        Assert.True(containment.IsEmpty);
        Assert.Equal(0, containment.KillAll());
        leader.WaitForEnd();
        containment.Dispose();
    }

    [Fact]
    public void A_containment_without_a_task_can_be_disposed_of()
    {
        using var containment = Root.Create("never-started");

        Assert.True(containment.IsEmpty);
        Assert.Equal(0, containment.KillAll());
    }

    [Fact]
    public void What_a_predecessor_left_is_killed_and_what_another_left_is_not()
    {
        // Orphans of nobody's task: theirs is dead.
        var (oursId, othersId) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString());
        using var ours = StartOrphan(oursId);
        using var others = StartOrphan(othersId);

        Assert.Equal(1, KillLeftovers(taskId => taskId == oursId, others));

        ours.WaitUntilEnded();
        Assert.True(others.IsAlive);
    }

    [Fact]
    public void Fifty_tasks_leave_no_descriptor()
    {
        var before = OpenDescriptors.Count();
        for (var i = 0; i < 50; i++)
        {
            using var task = Start("echo; sleep 1000 &", isSettled: i % 2 == 0);
            Assert.Equal(1, task.EndAfterLeader());
        }

        OpenDescriptors.AreAtMost(before);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_task_uses_is_that_of_all_its_processes_now(bool isSettled)
    {
        using var idle = Start("echo; exec sleep 1000", isSettled);
        using var busy = Start("echo; sleep 1000 & while :; do :; done", isSettled);
        Measurement Measure(ContainedTask task) => Root.Measure([task.Containment])[0] ?? default;

        Patience.Until(() => Measure(busy).User > TimeSpan.FromMilliseconds(30), "it uses no processor");
        Patience.Until(() => Measure(idle).Processes == 1, "there is not one process");
        Patience.Until(() => Measure(busy).Processes == 2, "there are not two processes");

        Assert.InRange(Assert.NotNull(Measure(busy).MemoryBytes), 100_000, 100_000_000);
        Assert.True(Measure(idle).User < Measure(busy).User);
    }

    [Fact]
    public void A_task_that_is_over_uses_nothing()
    {
        var task = Start("echo; exec sleep 1000", isSettled: true);
        task.Dispose();

        Patience.Until(() => Root.Measure([task.Containment])[0] is null or { Processes: 0 }, "it still does");
    }

    private protected virtual int KillLeftovers(Func<string, bool> isOurs, WatchedProcess others) =>
        Root.KillLeftovers(isOurs);

    // The script says a line when it has begun, and is settled then or not at all.
    private protected ContainedTask Start(string script, bool isSettled) => Begun(Specs.Shell(script), isSettled);

    private static WatchedProcess StartOrphan(string taskId)
    {
        using var parent = StartedProcess.Start(
            Specs.Shell("setsid sleep 1000 & echo $!").With($"LEVITY_TASK_ID={taskId}"));
        return new WatchedProcess(int.Parse(parent.ReadLine(), null));
    }

    private ContainedTask StartProgram(string verb, bool isSettled) => Begun(ChildProgram.Spec(verb), isSettled);

    private ContainedTask Begun(ProcessSpec spec, bool isSettled)
    {
        var task = ContainedTask.Start(Root, spec);
        task.ReadLine();
        if (isSettled)
        {
            Settle(task);
        }

        return task;
    }

    private static string StateOf(int pid) => File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ')[0];

    private static IEnumerable<ProcStat> MarkedWith(string taskId) =>
        ProcTable.Read().Where(process => process.IsAlive && ProcEnvironment.FindTaskId(process.Pid) == taskId);
}
