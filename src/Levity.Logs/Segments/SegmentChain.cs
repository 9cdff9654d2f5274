using Levity.Linux;
using Levity.Logs.Format;

namespace Levity.Logs.Segments;

/// <summary>
/// The segments of a log as its writer has them: frames go to the last one; when that is full another one follows, and
/// the oldest are dropped when there is more than the quota allows.
/// </summary>
/// <remarks>
/// Each step leaves a log, should it be the last one: an older segment is gone (readers are told of a gap); the last
/// segment ends in a turn (the next frame makes the segment that is to follow); that one is there
/// without a header (it is made anew), or without a frame.
/// </remarks>
internal sealed class SegmentChain : IDisposable
{
    private readonly string _directory;
    private readonly LogQuota _quota;

    // All but the last, the oldest first.
    private readonly Queue<OlderSegment> _older;
    private long _olderLength;
    private SegmentAppender _last;

    // Bytes of output before the end. Null after the log was reopened, until somebody needs it: that takes reading.
    private ulong? _outputBytes;

    // The last segment ends in a turn, and the next one could not be made yet.
    private bool _hasTurned;

    public SegmentChain(
        string directory,
        LogQuota quota,
        IEnumerable<OlderSegment> older,
        Segment last,
        ulong end,
        ulong? outputBytes,
        bool hasTurned = false)
    {
        _directory = directory;
        _quota = quota;
        _older = new Queue<OlderSegment>(older);
        _olderLength = _older.Sum(segment => segment.Length);
        _last = new SegmentAppender(directory, last, end);
        _outputBytes = outputBytes;
        _hasTurned = hasTurned;
    }

    /// <summary>The position behind the last frame.</summary>
    public ulong End => _last.End;

    // Without the turn that may be there already: it counts as soon as there is a segment behind it.
    private long LastLength => SegmentHeader.Length + (long)(_last.End - _last.Base);

    /// <summary>Appends a frame whose payload is in its place: 0, or the errno and nothing is appended.</summary>
    public int Append(Span<byte> frame, FrameKind kind, long unixNs)
    {
        // Before anything new is written: on a full disk it makes the room for it.
        var errno = DropOldest(frame.Length);
        if (errno == 0 && (_hasTurned || (kind != FrameKind.Seal && IsFullFor(frame.Length))))
        {
            errno = TurnOver(unixNs);
            errno = errno == 0 ? DropOldest(frame.Length) : errno;
        }

        errno = errno == 0 ? _last.Append(frame, kind, unixNs) : errno;
        if (errno == 0)
        {
            _outputBytes += OutputBytes.CountOf(kind, FrameFormat.Payload(frame));
        }

        return errno;
    }

    /// <summary>Closes the file until the next append.</summary>
    public void Release() => _last.Release();

    public void Dispose() => _last.Dispose();

    private bool IsFullFor(int frameLength) =>
        _last.End > _last.Base && LastLength + frameLength + TurnPayload.FrameLength > _quota.SegmentLength;

    /// <summary>Makes room within the quota, as far as older segments can give it: 0 or the errno.</summary>
    private int DropOldest(int frameLength)
    {
        // The frame may need a turn before it and a segment of its own.
        var needed = LastLength + TurnPayload.FrameLength + SegmentHeader.Length + frameLength;
        if (_older.Count == 0 || !_quota.IsExceededBy(_olderLength + needed))
        {
            return 0;
        }

        try
        {
            using var place = LinuxDirectory.TryOpen(_directory);
            if (place is null)
            {
                return Errno.ENOENT;
            }

            while (_older.TryPeek(out var oldest) && _quota.IsExceededBy(_olderLength + needed))
            {
                place.Unlink(SegmentName.Of(oldest.Base));
                _older.Dequeue();
                _olderLength -= oldest.Length;
            }

            return 0;
        }
        catch (LinuxException e)
        {
            return e.Number;
        }
    }

    /// <summary>Ends the last segment and begins another one: 0 or the errno; then it may be tried again.</summary>
    private int TurnOver(long unixNs)
    {
        try
        {
            using var place = LinuxDirectory.TryOpen(_directory);
            if (place is null)
            {
                return Errno.ENOENT;
            }

            _outputBytes ??= CountOutput(place);
            var errno = _hasTurned ? 0 : Turn(_outputBytes.Value, unixNs);
            if (errno != 0)
            {
                return errno;
            }

            // A try that failed half-way may have left one.
            _hasTurned = true;
            place.Unlink(SegmentName.Of(End));
            var next = Segment.Create(place, End, _outputBytes.Value);
            _older.Enqueue(new OlderSegment(_last.Base, LastLength + TurnPayload.FrameLength));
            _olderLength += LastLength + TurnPayload.FrameLength;
            _last.Dispose();
            _last = new SegmentAppender(_directory, next, End);
            _hasTurned = false;
            return 0;
        }
        catch (LinuxException e)
        {
            return e.Number;
        }
    }

    private int Turn(ulong outputBytes, long unixNs)
    {
        Span<byte> frame = stackalloc byte[TurnPayload.FrameLength];
        TurnPayload.Write(frame[FrameFormat.HeaderLength..], outputBytes);
        return _last.Append(frame, FrameKind.Turn, unixNs);
    }

    private ulong CountOutput(LinuxDirectory place)
    {
        if (Segment.TryOpen(place, _last.Base, writable: false, out var segment) != HeaderState.Whole)
        {
            throw new LinuxException("open", Errno.EIO, SegmentName.Of(_last.Base));
        }

        using (segment)
        {
            return SegmentRepair.CountOutput(segment!);
        }
    }
}

/// <summary>A segment that another one follows: where it begins, and how long its file is.</summary>
internal readonly record struct OlderSegment(ulong Base, long Length);
