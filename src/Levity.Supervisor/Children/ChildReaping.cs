using Levity.Linux;
using Levity.Processes;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Output;
using Levity.Supervisor.State;

namespace Levity.Supervisor.Children;

/// <summary>
/// Waits for what has ended, kills what is left of it, and tells when nothing is. Only the supervisor's loop touches it.
/// </summary>
/// <param name="children">Whose processes they are.</param>
/// <param name="launches">Processes that are not children yet.</param>
/// <param name="exits">Told to look for the next ones.</param>
/// <param name="nothingLeft">Told of a child with an ended leader and no other process.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where it is said what cannot be done just now.</param>
internal sealed class ChildReaping(
    ChildTable children,
    ChildLaunches launches,
    ExitWatcher exits,
    Action<Child> nothingLeft,
    TimeProvider time,
    SupervisorLog log)
{
    // How soon to look again whether killed processes are gone. It takes them a moment, and only for that moment.
    private const int RecheckMs = 2;

    private readonly List<Child> _emptying = [];
    private long _checked;

    /// <summary>After how long to look again.</summary>
    public static TimeSpan Recheck { get; } = TimeSpan.FromMilliseconds(RecheckMs);

    /// <summary>
    /// The kernel would not tell, or not kill, for lack of memory or of descriptors: what has ended waits to be reaped.
    /// </summary>
    public bool IsBehind { get; private set; }

    /// <summary>-1 when there is nothing to look for.</summary>
    public int NextInMilliseconds() => _emptying.Count > 0 || IsBehind ? RecheckMs : -1;

    /// <summary>Has it told when nothing is left of a child whose leader has ended.</summary>
    public void WhenEmpty(Child child) => _emptying.Add(child);

    /// <summary>Waits for all children that have ended; for those that it cannot now, a little later.</summary>
    public void ReapAll()
    {
        try
        {
            while (ChildReaper.TryPeek(out var pid))
            {
                Reap(pid);
            }

            IsBehind = false;
            exits.LookAgain();
        }
        catch (LinuxException e)
        {
            if (!IsBehind)
            {
                log.Write($"what has ended is not reaped yet: {e.Message}");
            }

            IsBehind = true;
        }
    }

    /// <summary>
    /// What was killed takes a moment to be gone. A process in an uninterruptible sleep takes longer, and its task with
    /// it: a task is over when nothing of it is left.
    /// </summary>
    public void FinishEmptied()
    {
        if ((_emptying.Count == 0 && !IsBehind) || time.GetElapsedTime(_checked) < Recheck)
        {
            return;
        }

        if (IsBehind)
        {
            ReapAll();
        }

        _emptying.RemoveAll(TryFinish);
        _checked = time.GetTimestamp();
    }

    private void Reap(int pid)
    {
        if (launches.TryFind(pid, out var launch) && !launches.End(launch))
        {
            return;
        }

        if (!children.TryFindLeader(pid, out var child))
        {
            // Somebody's orphan that came to us as the subreaper.
            ChildReaper.Reap(pid);
            return;
        }

        var endedAt = UnixTime.Nanoseconds(time);
        Failpoints.Pass(Failpoint.ExitSeen);

        // Before it is waited for: until then its number, and its group's, cannot be anybody else's.
        var containment = child.Attempt!.Containment;
        var alone = containment.IsEmpty;
        child.CountKilled(alone ? 0 : containment.KillAll());
        child.LeaderExited(ChildReaper.Reap(pid), endedAt);
        children.RemoveLeader(pid);
        child.Input?.Close();
        Failpoints.Pass(Failpoint.ExitReaped);
        if (alone)
        {
            nothingLeft(child);
        }
        else
        {
            _emptying.Add(child);
        }
    }

    private bool TryFinish(Child child)
    {
        try
        {
            if (child.Attempt is null or { Containment.IsEmpty: true })
            {
                nothingLeft(child);
                return true;
            }

            child.Attempt.Containment.KillAll();
        }
        catch (LinuxException)
        {
            // Nobody knows whether it is: looked at again.
        }

        return false;
    }
}
