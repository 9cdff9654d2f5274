using Levity.Linux;
using Levity.Logs.Format;
using Levity.Logs.Segments;

namespace Levity.Logs;

/// <summary>
/// Reads a log from a cursor on, while its writer, in whatever process, goes on writing. Holds one descriptor, and a
/// buffer of at most 512 KiB that is given back whenever there is nothing more to read. Not safe for use by two threads
/// at a time.
/// </summary>
public sealed class LogReader : IDisposable
{
    private readonly string _directory;
    private Segment _segment;
    private SegmentReader _frames;

    private LogReader(string directory, Segment segment, LogCursor from)
    {
        _directory = directory;
        Cursor = from;
        (_segment, _frames) = (segment, ReaderOf(segment, from));
    }

    /// <summary>Where the next <see cref="ReadNext"/> reads.</summary>
    public LogCursor Cursor { get; private set; }

    /// <summary>Opens a log at a place that a reader or the writer of it gave out.</summary>
    /// <param name="directory">The log.</param>
    /// <param name="from">The place. One that is in no segment any more is followed by a gap.</param>
    /// <param name="reader">The reader, when the outcome is <see cref="LogOpenOutcome.Opened"/>.</param>
    /// <exception cref="LinuxException">openat(2), pread(2): ENOTDIR or ELOOP for a link, EMFILE, EIO …</exception>
    public static LogOpenOutcome Open(string directory, LogCursor from, out LogReader? reader)
    {
        reader = null;
        using var place = LinuxDirectory.TryOpen(directory);
        var candidates = place is null ? [] : Segment.List(place);
        while (candidates.Count > 0)
        {
            var candidate = SegmentWith(candidates, from);
            switch (Segment.TryOpen(place!, candidate, writable: false, out var segment))
            {
                case HeaderState.Whole when IsPlace(segment!, from):
                    reader = new LogReader(directory, segment!, from);
                    return LogOpenOutcome.Opened;
                case HeaderState.Whole:
                    segment!.Dispose();
                    return LogOpenOutcome.InvalidCursor;
                case HeaderState.UnknownVersion:
                    return LogOpenOutcome.UnknownVersion;
                case HeaderState.Broken:
                    return LogOpenOutcome.Corrupt;
                default:
                    // Not written yet, or just removed: its neighbour has the answer.
                    candidates.Remove(candidate);
                    break;
            }
        }

        return LogOpenOutcome.NoSuchLog;
    }

    /// <summary>Takes the next thing from the log.</summary>
    /// <exception cref="LinuxException">pread(2), openat(2): EIO …</exception>
    public LogReadOutcome ReadNext(out LogFrame frame)
    {
        frame = default;
        while (Cursor.Position >= _segment.Base)
        {
            var state = _frames.Read(out var found, out var payload);
            if (state == FrameState.Whole && found.Kind != FrameKind.Turn)
            {
                return Take(found, payload, out frame);
            }

            if (state == FrameState.Broken)
            {
                return LogReadOutcome.Corrupt;
            }

            var next = state == FrameState.Whole ? TurnToNextSegment() : HeaderState.Incomplete;
            if (next != HeaderState.Whole)
            {
                _frames.Release();
                return next == HeaderState.Incomplete ? LogReadOutcome.AtEnd : LogReadOutcome.Corrupt;
            }
        }

        var missing = _segment.Base - Cursor.Position;
        Cursor = new LogCursor(_segment.Base);
        frame = new LogFrame { MissingBytes = missing, GapReason = LogGapReason.Removed, Next = Cursor };
        return LogReadOutcome.Gap;
    }

    public void Dispose()
    {
        _frames.Dispose();
        _segment.Dispose();
    }

    private static SegmentReader ReaderOf(Segment segment, LogCursor from) =>
        new(segment, Math.Max(segment.Base, from.Position));

    /// <summary>The segment that the cursor is in, or the first of all when that one is gone.</summary>
    private static ulong SegmentWith(List<ulong> segments, LogCursor cursor)
    {
        var after = segments.FindIndex(position => position > cursor.Position);
        return segments[after == -1 ? segments.Count - 1 : Math.Max(0, after - 1)];
    }

    /// <summary>Whether frames can be read from here: a frame ends here, and another may follow it.</summary>
    private static bool IsPlace(Segment segment, LogCursor cursor) =>
        cursor.Position <= segment.Base
        || (segment.TryReadBefore(cursor.Position, out var frame)
            && frame.Kind is not (FrameKind.Seal or FrameKind.Turn));

    private LogReadOutcome Take(Frame found, ReadOnlyMemory<byte> payload, out LogFrame frame)
    {
        frame = new LogFrame { UnixNs = found.UnixNs, Payload = payload, Next = Cursor };
        if (found.Kind == FrameKind.Seal)
        {
            return LogReadOutcome.Sealed;
        }

        _frames.Pass(found);
        Cursor = new LogCursor(_frames.Position);
        if (found.Kind != FrameKind.Gap)
        {
            frame = frame with { Stream = (LogStream)found.Kind, Next = Cursor };
            return LogReadOutcome.Frame;
        }

        GapPayload.Read(payload.Span, out var missing, out var reason);
        frame = frame with { Payload = default, MissingBytes = missing, GapReason = reason, Next = Cursor };
        return LogReadOutcome.Gap;
    }

    /// <summary>Goes over to the next segment, once it is there.</summary>
    private HeaderState TurnToNextSegment()
    {
        using var place = LinuxDirectory.TryOpen(_directory);
        foreach (var position in place is null ? [] : Segment.List(place))
        {
            if (position > _segment.Base && position >= Cursor.Position)
            {
                var state = Segment.TryOpen(place!, position, writable: false, out var next);
                if (next is not null)
                {
                    Dispose();
                    (_segment, _frames) = (next, ReaderOf(next, Cursor));
                }

                return state;
            }
        }

        return HeaderState.Incomplete;
    }
}
