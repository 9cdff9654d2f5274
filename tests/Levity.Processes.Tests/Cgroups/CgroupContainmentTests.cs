using Levity.Linux;
using Levity.Processes.Cgroups;
using Levity.Processes.Tests.Fixtures;

namespace Levity.Processes.Tests.Cgroups;

public sealed class CgroupContainmentTests : ContainmentContract
{
    private readonly Surroundings _surroundings;

    public CgroupContainmentTests()
        : this(new Surroundings())
    {
    }

    private CgroupContainmentTests(Surroundings surroundings)
        : base(surroundings.Open()) => _surroundings = surroundings;

    private string Home => _surroundings.Home.Directory;

    public override void Dispose()
    {
        base.Dispose();
        _surroundings.Dispose();
        Assert.False(Directory.Exists(Home));
    }

    [Fact]
    public void It_says_which_group_it_is()
    {
        Assert.Equal("cgroup", Root.Kind);
        Assert.Equal($"cgroup {Home}", Root.Description);
    }

    [Fact]
    public void A_task_that_lives_on_gets_a_group_of_its_own()
    {
        using var task = Start("echo; sleep 1000 & echo $!; exec sleep 1000", isSettled: false);
        using var other = task.ReadProcesses()[0];

        Patience.Until(() => GroupOf(task.Pid) == GroupOf(task), "it was not moved");
        Patience.Until(() => GroupOf(other.Pid) == GroupOf(task), "its child was not moved");
    }

    [Fact]
    public void A_task_that_is_over_before_gets_none()
    {
        // On a slow machine it would be moved before it is over.
        Root.Pause();
        using var task = Start("echo", isSettled: false);
        task.WaitUntilLeaderEnded();
        Assert.True(task.Containment.IsEmpty);
        Root.Resume();

        ((CgroupContainment)task.Containment).TryEnter();

        Assert.False(Directory.Exists($"{Home}/task-{task.TaskId}"));
    }

    [Fact]
    public void A_task_with_limits_enters_its_group_by_itself_however_long_that_takes()
    {
        using var containment = (CgroupContainment)Root.Create("limited");
        var obstacle = containment.Limit(new ResourceLimits { Processes = 100 }, out var entries);
        Assert.SkipWhen(obstacle is not null, $"limits cannot be enforced here: {obstacle}");
        using var leader = StartedProcess.Start(Specs.Of("/bin/sleep", "1000"));
        containment.Adopt(leader.Pid);

        Assert.False(containment.TryEnter());
        Assert.Equal($"{_surroundings.Home.Name}/supervisor", GroupOf(leader.Pid));

        Move(leader.Pid, Path.GetDirectoryName(entries[^1])!);
        Assert.True(containment.TryEnter());
        Assert.Equal($"{_surroundings.Home.Name}/task-limited", GroupOf(leader.Pid));
        containment.KillAll();
        leader.WaitForEnd();
    }

    [Fact]
    public void The_group_of_a_task_goes_with_it()
    {
        string group;
        using (var task = Start("echo; exec sleep 1000", isSettled: true))
        {
            group = $"{Home}/task-{task.TaskId}";
            Assert.True(Directory.Exists(group));
        }

        Patience.Until(() => !Directory.Exists(group), "it is still there");
    }

    [Fact]
    public void A_stranger_is_never_signalled()
    {
        using (var task = Start("echo; exec sleep 1000", isSettled: false))
        {
            task.Containment.Signal(Signals.SIGTERM, wakes: true);
            task.EndAfterLeader();
        }

        using (var task = Start("echo; sleep 1000 & exec sleep 1000", isSettled: true))
        {
            task.Containment.KillAll();
            task.EndAfterLeader();
        }

        Root.KillLeftovers(_ => false);

        Assert.NotEqual(GroupOf(Environment.ProcessId), GroupOf(_surroundings.Stranger.Pid));
        Assert.True(_surroundings.Stranger.IsAlive);
    }

    [Fact]
    public void Groups_that_a_task_makes_are_killed_and_removed_with_it()
    {
        using var task = Start("echo; sleep 1000 & echo $!; exec sleep 1000", isSettled: true);
        using var inner = task.ReadProcesses()[0];
        var below = Directory.CreateDirectory($"{Home}/task-{task.TaskId}/a/b").FullName;
        Move(inner.Pid, below);

        Assert.Equal(2, task.Containment.KillAll());
        inner.WaitUntilEnded();
        task.WaitForLeader();
        task.WaitUntilEmpty();
        task.Containment.Dispose();

        Patience.Until(() => !Directory.Exists($"{Home}/task-{task.TaskId}"), "they are still there");
    }

    [Fact]
    public void Tasks_that_are_born_at_the_same_time_are_told_apart()
    {
        using var first = Start("echo; (setsid sh -c 'echo $$; exec sleep 1000' &); exec sleep 1000", isSettled: false);
        using var second = Start("echo; sleep 1000 & echo $!; exec sleep 1000", isSettled: false);
        using var daemon = first.ReadProcesses()[0];
        using var child = second.ReadProcesses()[0];

        ((CgroupContainment)first.Containment).TryEnter();
        ((CgroupContainment)second.Containment).TryEnter();

        Assert.Equal((GroupOf(first), GroupOf(first)), (GroupOf(first.Pid), GroupOf(daemon.Pid)));
        Assert.Equal((GroupOf(second), GroupOf(second)), (GroupOf(second.Pid), GroupOf(child.Pid)));
    }

    [Fact]
    public void Groups_of_a_predecessor_are_emptied_and_removed()
    {
        var left = Directory.CreateDirectory($"{Home}/task-of-a-predecessor/inner").FullName;
        using var parent = StartedProcess.Start(Specs.Shell("setsid sleep 1000 & echo $!"));
        using var process = new WatchedProcess(int.Parse(parent.ReadLine(), null));
        parent.WaitForEnd();
        Move(process.Pid, left);

        Assert.Equal(1, Root.KillLeftovers(_ => false));

        process.WaitUntilEnded();
        Patience.Until(() => !Directory.Exists($"{Home}/task-of-a-predecessor"), "it is still there");
    }

    private protected override void Settle(ContainedTask task)
    {
        ((CgroupContainment)task.Containment).TryEnter();
        if (Directory.Exists($"/proc/{task.Pid}/fd"))
        {
            Assert.True(Directory.Exists($"{Home}/task-{task.TaskId}"));
        }
    }

    private protected override int KillLeftovers(Func<string, bool> isOurs, WatchedProcess others)
    {
        // In the group of another supervisor.
        Move(others.Pid, _surroundings.Origin.Directory);
        return base.KillLeftovers(isOurs, others);
    }

    private string GroupOf(ContainedTask task) => $"{_surroundings.Home.Name}/task-{task.TaskId}";

    private static string GroupOf(int pid) => File.ReadLines($"/proc/{pid}/cgroup")
        .Single(line => line.StartsWith("0::", StringComparison.Ordinal))["0::".Length..];

    private static void Move(int pid, string directory) =>
        Assert.Equal(0, KernelFile.Write($"{directory}/cgroup.procs", System.Text.Encoding.ASCII.GetBytes($"{pid}")));
}
