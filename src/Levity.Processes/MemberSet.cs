using Levity.Linux;

namespace Levity.Processes;

/// <summary>Processes that belong together by some rule.</summary>
internal abstract class MemberSet
{
    // Two programs that fork without end can outrun us for ever; the caller has other things to do in between.
    private const int MaxRounds = 16;

    /// <summary>Adds those that are alive now to <paramref name="members"/>.</summary>
    internal abstract void List(List<Member> members);

    /// <summary>
    /// Tells whether the process that has the number now is the member that was listed. Asked when a descriptor holds
    /// the process, so that the answer stays true.
    /// </summary>
    internal abstract bool Confirm(Member member);

    /// <summary>Sends a signal to each member, also to those that are born meanwhile.</summary>
    /// <param name="signo">The signal.</param>
    /// <param name="reached">Receives those that it was sent to.</param>
    /// <param name="wakes">Sends SIGCONT after it, so that stopped ones can act.</param>
    /// <returns>
    /// True when a last look found nobody new. After SIGKILL nobody can come any more then, because no process forks
    /// once it has that. False when there were always more.
    /// </returns>
    internal bool Signal(int signo, HashSet<Member> reached, bool wakes = false)
    {
        var members = new List<Member>();
        var known = new HashSet<Member>();
        for (var round = 0; round < MaxRounds; round++)
        {
            members.Clear();
            List(members);
            members.RemoveAll(member => !known.Add(member));
            if (members.Count == 0)
            {
                return true;
            }

            foreach (var member in members)
            {
                if (TrySignal(member, signo, wakes))
                {
                    reached.Add(member);
                }
            }
        }

        return false;
    }

    private bool TrySignal(Member member, int signo, bool wakes)
    {
        using var process = PidFd.TryOpen(member.Pid);
        if (process is null || !Confirm(member) || !process.TrySignal(signo))
        {
            return false;
        }

        if (wakes)
        {
            process.TrySignal(Signals.SIGCONT);
        }

        return true;
    }
}
