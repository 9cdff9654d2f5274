namespace Levity.Logs;

/// <summary>How large a log may become: when it would exceed that, its oldest segment is dropped.</summary>
/// <param name="Bytes">All its files together; 0 for no limit.</param>
public readonly record struct LogQuota(ulong Bytes)
{
    // What a log loses at a time, and what has to be kept of one that is always at its quota: seven eighths.
    private const int Segments = 8;

    // A log without a quota has segments as well: what is repaired or searched is never larger than this.
    private const long LargestSegment = 128 * 1024 * 1024;

    public static LogQuota None => default;

    /// <summary>At which length the writer turns to a new segment.</summary>
    internal long SegmentLength => Bytes == 0 ? LargestSegment : (long)Math.Min(LargestSegment, Bytes / Segments);

    /// <summary>Whether that much is more than allowed.</summary>
    internal bool IsExceededBy(long length) => Bytes != 0 && (ulong)length > Bytes;
}
