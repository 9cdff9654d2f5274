namespace Levity.Daemon.Tasks;

/// <summary>
/// What <see cref="TaskExpiry"/> knows of how long ago the owner of a task asked about it. Many callers note that at
/// once, and none of them waits: each field stands by itself.
/// </summary>
internal sealed class Attention
{
    private long _askedAt;
    private long _recordedUntil;
    private int _readers;

    /// <summary>A timestamp of the monotonic clock; null as long as none was noted.</summary>
    public long? AskedAt
    {
        get => Volatile.Read(ref _askedAt) is not 0 and var at ? at : null;
        set => Volatile.Write(ref _askedAt, value is 0 or null ? 1 : value.Value);
    }

    /// <summary>Somebody is reading the log just now.</summary>
    public bool HasReaders => Volatile.Read(ref _readers) > 0;

    public void ReaderCame() => Interlocked.Increment(ref _readers);

    public void ReaderLeft() => Interlocked.Decrement(ref _readers);

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
