using Levity.Linux;

namespace Levity.Processes;

/// <summary>Processes that belong together by some rule.</summary>
internal abstract class MemberSet
{
    // A task that forks without end would never be done with a signal that it may ignore.
    private const int MaxRounds = 8;

    /// <summary>Adds those that are alive now to <paramref name="members"/>.</summary>
    internal abstract void List(List<Member> members);

    /// <summary>
    /// Tells whether the process that has the number now is the member that was listed. Asked when a descriptor holds
    /// the process, so that the answer stays true.
    /// </summary>
    internal abstract bool Confirm(Member member);

    /// <summary>
    /// Sends a signal to each member, also to those that are born meanwhile. With SIGKILL, when this returns, every
    /// member that we may signal has it, and cannot fork any more: nothing can come after them.
    /// </summary>
    /// <param name="signo">The signal; SIGCONT goes after SIGTERM so that stopped ones can act.</param>
    /// <param name="reached">Receives those that it was sent to.</param>
    internal void Signal(int signo, HashSet<Member> reached)
    {
        var members = new List<Member>();
        var known = new HashSet<Member>();
        for (var round = 0; signo == Signals.SIGKILL || round < MaxRounds; round++)
        {
            members.Clear();
            List(members);
            members.RemoveAll(member => !known.Add(member));
            if (members.Count == 0)
            {
                return;
            }

            foreach (var member in members)
            {
                if (TrySignal(member, signo))
                {
                    reached.Add(member);
                }
            }
        }
    }

    private bool TrySignal(Member member, int signo)
    {
        using var process = PidFd.TryOpen(member.Pid);
        if (process is null || !Confirm(member) || !process.TrySignal(signo))
        {
            return false;
        }

        if (signo == Signals.SIGTERM)
        {
            process.TrySignal(Signals.SIGCONT);
        }

        return true;
    }
}
