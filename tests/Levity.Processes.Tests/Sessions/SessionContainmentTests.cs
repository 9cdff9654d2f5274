namespace Levity.Processes.Tests.Sessions;

public sealed class SessionContainmentTests()
    : ContainmentContract(ContainmentRoot.Open("levity-test", forceSession: true))
{
    [Fact]
    public void It_says_what_it_is()
    {
        Assert.Equal("session", Root.Kind);
        Assert.Equal("session (control groups are not wanted)", Root.Description);
    }

    [Fact]
    public void Limits_are_refused_with_what_the_operator_can_do()
    {
        using var task = Start("echo; exec sleep 1000", isSettled: false);

        var refusal = task.Containment.Limit(new ResourceLimits { Processes = 10 }, out var entries);

        Assert.StartsWith("limits need control groups, and the server's supervisor has none (control groups are not wanted): ",
            refusal, StringComparison.Ordinal);
        Assert.Contains("Delegate=yes", refusal, StringComparison.Ordinal);
        Assert.Empty(entries);
    }

    [Fact]
    public void An_orphan_without_any_sign_may_be_any_tasks_and_is_left_alone()
    {
        using var task = Start($"echo; ({BareSleep("setsid")} &); exec sleep 1000", isSettled: false);
        using var orphan = task.ReadProcesses()[0];
        using (var other = Start("echo; exec sleep 1000", isSettled: false))
        {
            other.Containment.KillAll();
            Assert.True(orphan.IsAlive);
        }

        task.Containment.KillAll();
        orphan.WaitUntilEnded();
    }

    [Fact]
    public void The_session_is_sign_enough()
    {
        using var other = Start("echo; exec sleep 1000", isSettled: false);
        using var task = Start($"echo; ({BareSleep("exec")} &)", isSettled: false);
        using var orphan = task.ReadProcesses()[0];

        Assert.Equal(1, task.EndAfterLeader());

        orphan.WaitUntilEnded();
        Assert.False(other.Containment.IsEmpty);
    }

    // A process without the task's id in its environment, which prints its number.
    private static string BareSleep(string prefix) => $"{prefix} env -i /bin/sh -c 'echo $$; exec sleep 1000'";
}
