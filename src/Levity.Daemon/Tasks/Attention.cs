namespace Levity.Daemon.Tasks;

/// <summary>
/// What <see cref="TaskExpiry"/> knows of how long ago the owner of a task asked about it. Many callers note that at
/// once, and none of them waits: each field stands by itself.
/// </summary>
internal sealed class Attention
{
    private long _askedAt;
    private long _recordedUntil;
    private long _endedAt;
    private int _readers;
    private int _others;

    /// <summary>A timestamp of the monotonic clock; null as long as none was noted.</summary>
    public long? AskedAt
    {
        get => Volatile.Read(ref _askedAt) is not 0 and var at ? at : null;
        set => Volatile.Write(ref _askedAt, value is 0 or null ? 1 : value.Value);
    }

    /// <summary>Since when it is over, by the monotonic clock; null as long as nobody had to know.</summary>
    public long? EndedAt
    {
        get => Volatile.Read(ref _endedAt) is not 0 and var at ? at : null;
        set => Volatile.Write(ref _endedAt, value is 0 or null ? 1 : value.Value);
    }

    /// <summary>Its owner is reading the log just now.</summary>
    public bool HasReaders => Volatile.Read(ref _readers) > 0;

    /// <summary>Anybody is.</summary>
    public bool IsRead => HasReaders || Volatile.Read(ref _others) > 0;

    public void ReaderCame(bool isOwner) => Interlocked.Increment(ref isOwner ? ref _readers : ref _others);

    public void ReaderLeft(bool isOwner) => Interlocked.Decrement(ref isOwner ? ref _readers : ref _others);

    /// <summary>
    /// True for the one caller who has to put on record that the task was asked about: what is there, or on its way
    /// there, is older than <paramref name="now"/>. After that <paramref name="until"/> counts as being there.
    /// </summary>
    public bool TryExtend(DateTimeOffset onRecord, DateTimeOffset now, DateTimeOffset until)
    {
        var known = Volatile.Read(ref _recordedUntil);
        return Math.Max(known, onRecord.UtcTicks) < now.UtcTicks
            && Interlocked.CompareExchange(ref _recordedUntil, until.UtcTicks, known) == known;
    }
}
