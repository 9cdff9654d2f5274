namespace Levity.Daemon.Security.Admission;

/// <summary>
/// How much levityd has in memory for one user on all their connections: of requests that are not whole yet, and of answers
/// that are not taken. What is small does not count.
/// </summary>
internal sealed class HeldBytes
{
    /// <summary>Four of the largest messages.</summary>
    internal const long Most = 16 * 1024 * 1024;

    private long _bytes;

    /// <summary>Takes so many more; false when that is too many, and then they are not taken.</summary>
    public bool TryHold(long more)
    {
        if (Interlocked.Add(ref _bytes, more) <= Most)
        {
            return true;
        }

        Release(more);
        return false;
    }

    public void Release(long bytes) => Interlocked.Add(ref _bytes, -bytes);
}
