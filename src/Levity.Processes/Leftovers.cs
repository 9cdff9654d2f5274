using Levity.Linux;

namespace Levity.Processes;

/// <summary>Processes that a dead supervisor left, and their end.</summary>
internal sealed class Leftovers(TimeProvider time)
{
    // One in an uninterruptible sleep may never be gone, and we have other things to do.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly HashSet<Member> _killed = [];

    internal int Count => _killed.Count;

    /// <summary>Kills them one by one.</summary>
    internal void Kill(MemberSet members) => members.Signal(Signals.SIGKILL, _killed);

    /// <summary>Takes them in for somebody who kills them all at once.</summary>
    internal void Add(MemberSet members)
    {
        var list = new List<Member>();
        members.List(list);
        _killed.UnionWith(list);
    }

    /// <summary>Waits until all are gone, for a short while.</summary>
    internal void WaitForEnd()
    {
        var began = time.GetTimestamp();
        foreach (var member in _killed)
        {
            using var process = PidFd.TryOpen(member.Pid);
            var left = Patience - time.GetElapsedTime(began);
            if (process is not null && member.IsAlive && left > TimeSpan.Zero)
            {
                process.WaitForEnd((int)left.TotalMilliseconds);
            }
        }
    }
}
