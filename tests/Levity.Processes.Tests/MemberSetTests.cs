using Levity.Linux;
using Levity.Processes.ProcFs;
using Levity.Processes.Tests.Fixtures;

namespace Levity.Processes.Tests;

public sealed class MemberSetTests
{
    [Fact]
    public void A_number_that_means_another_process_by_now_is_not_signalled()
    {
        using var other = StartedProcess.Start(Specs.Of("/bin/sleep", "1000"));
        var gone = MemberOf(other) with { StartTime = 1 };
        var reached = new HashSet<Member>();

        Assert.True(new Looks([gone]).Signal(Signals.SIGKILL, reached));

        Assert.Empty(reached);
        Assert.True(other.IsAlive);
    }

    [Fact]
    public void Those_that_are_born_meanwhile_are_reached_too()
    {
        using var first = StartedProcess.Start(Specs.Of("/bin/sleep", "1000"));
        using var second = StartedProcess.Start(Specs.Of("/bin/sleep", "1000"));
        var reached = new HashSet<Member>();

        Assert.True(new Looks([MemberOf(first)], [MemberOf(first), MemberOf(second)]).Signal(Signals.SIGUSR1, reached));

        Assert.Equal([MemberOf(first), MemberOf(second)], reached);
        Assert.Equal(Signals.SIGUSR1, first.WaitForEnd().Signal);
        Assert.Equal(Signals.SIGUSR1, second.WaitForEnd().Signal);
    }

    [Fact]
    public void Somebody_who_always_forks_is_given_up_for_now()
    {
        var endless = Enumerable.Range(0, 1000).Select(i => new[] { new Member(int.MaxValue, (ulong)i) });

        Assert.False(new Looks([.. endless]).Signal(Signals.SIGKILL, []));
    }

    private static Member MemberOf(StartedProcess process) =>
        new(process.Pid, ProcStat.TryRead(process.Pid)!.Value.StartTime);

    /// <summary>What is found at the first look, at the second, and so on; the last one stays.</summary>
    private sealed class Looks(params Member[][] looks) : MemberSet
    {
        private int _next;

        internal override void List(List<Member> members)
        {
            members.AddRange(looks[_next]);
            _next = Math.Min(_next + 1, looks.Length - 1);
        }

        internal override bool Confirm(Member member) => member.IsAlive;
    }
}
