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

    // There was another segment behind this one when it was opened: its writer is done with it.
    private bool _isFollowed;

    // Bytes of output before the cursor, as far as that is known.
    private ulong? _outputBytes;

    // How much of the first frame is not wanted.
    private int _skip;

    // Why there is nothing between the segment before this one and this one, should there be something missing.
    private LogGapReason _gapReason = LogGapReason.Removed;

    private LogReader(string directory, Segment segment, bool isFollowed, LogCursor from)
    {
        _directory = directory;
        Cursor = from;
        (_segment, _frames, _isFollowed) = (segment, ReaderOf(segment, from), isFollowed);
        _outputBytes = from == LogCursor.Start ? 0
            : from.Position == segment.Base ? segment.OutputBytes
            : null;
    }

    /// <summary>Where the next <see cref="ReadNext"/> reads.</summary>
    public LogCursor Cursor { get; private set; }

    /// <summary>The first frame will be given without its beginning: reading from the cursor is not the same.</summary>
    public bool BeginsWithinFrame => _skip > 0;

    /// <summary>Opens a log at a place that a reader or the writer of it gave out.</summary>
    /// <param name="directory">The log.</param>
    /// <param name="from">The place. One that is in no segment any more is followed by a gap.</param>
    /// <param name="reader">The reader, when the outcome is <see cref="LogOpenOutcome.Opened"/>.</param>
    /// <exception cref="LinuxException">openat(2), pread(2): ENOTDIR or ELOOP for a link, EMFILE, EIO …</exception>
    public static LogOpenOutcome Open(string directory, LogCursor from, out LogReader? reader)
    {
        reader = null;
        using var place = LinuxDirectory.TryOpen(directory);
        var seen = new SegmentListing(place);
        do
        {
            var candidates = seen.Positions.ToList();
            while (candidates.Count > 0)
            {
                var candidate = SegmentWith(candidates, from);
                switch (Segment.TryOpen(place!, candidate, writable: false, out var segment))
                {
                    case HeaderState.Whole when IsPlace(segment!, from):
                        reader = new LogReader(directory, segment!, seen.IsFollowed(candidate), from);
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
        }
        while (seen.HasChanged());

        return LogOpenOutcome.NoSuchLog;
    }

    /// <summary>Opens a log where its last lines begin: see <see cref="LogLines.FindLast"/>.</summary>
    /// <exception cref="LinuxException">As for <see cref="Open"/>.</exception>
    /// <exception cref="InvalidDataException">The log is damaged.</exception>
    public static LogOpenOutcome OpenAtLines(
        string directory, ulong lines, Func<LogStream, long, bool> counts, out LogReader? reader)
    {
        var (cursor, skip) = LogLines.FindLast(directory, lines, counts);
        var outcome = Open(directory, cursor, out reader);
        if (reader is not null)
        {
            reader._skip = skip;
        }

        return outcome;
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

            if (state == FrameState.Whole)
            {
                (_outputBytes, _gapReason) = (TurnPayload.Read(payload.Span), LogGapReason.Removed);
            }
            else if (_isFollowed)
            {
                // The machine died before all of this segment was on its disk, and with it the turn that tells.
                _outputBytes ??= SegmentRepair.CountOutput(_segment);
                _gapReason = LogGapReason.WriterDied;
            }

            var next = state == FrameState.Whole || _isFollowed ? TurnToNextSegment() : HeaderState.Incomplete;
            if (next != HeaderState.Whole)
            {
                _frames.Release();
                return next == HeaderState.Incomplete ? LogReadOutcome.AtEnd : LogReadOutcome.Corrupt;
            }
        }

        return TakeGap(out frame);
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
        _outputBytes += OutputBytes.CountOf(found.Kind, payload.Span);
        Cursor = new LogCursor(_frames.Position);
        if (found.Kind != FrameKind.Gap)
        {
            frame = frame with { Stream = (LogStream)found.Kind, Payload = payload[_skip..], Next = Cursor };
            _skip = 0;
            return LogReadOutcome.Frame;
        }

        GapPayload.Read(payload.Span, out var missing, out var reason);
        frame = frame with { Payload = default, MissingBytes = missing, GapReason = reason, Next = Cursor };
        return LogReadOutcome.Gap;
    }

    /// <summary>What was between the cursor and the segment is not there.</summary>
    private LogReadOutcome TakeGap(out LogFrame frame)
    {
        // Staying there: the frame is read again. What is missing came before it.
        var follows = _frames.Read(out var found, out _) == FrameState.Whole;
        Cursor = new LogCursor(_segment.Base);
        frame = new LogFrame
        {
            UnixNs = follows ? found.UnixNs : 0,
            MissingBytes = _outputBytes < _segment.OutputBytes ? _segment.OutputBytes - _outputBytes.Value : 0,
            GapReason = _gapReason,
            Next = Cursor,
        };
        (_outputBytes, _skip) = (_segment.OutputBytes, 0);
        return LogReadOutcome.Gap;
    }

    /// <summary>Goes over to the next segment, once it is there.</summary>
    private HeaderState TurnToNextSegment()
    {
        using var place = LinuxDirectory.TryOpen(_directory);
        var seen = new SegmentListing(place);
        do
        {
            foreach (var position in seen.Positions)
            {
                if (position <= _segment.Base || position < Cursor.Position)
                {
                    continue;
                }

                var state = Segment.TryOpen(place!, position, writable: false, out var next);
                if (next is not null)
                {
                    Dispose();
                    (_segment, _frames, _isFollowed) = (next, ReaderOf(next, Cursor), seen.IsFollowed(position));
                }

                if (state != HeaderState.Incomplete)
                {
                    return state;
                }
            }
        }
        while (seen.HasChanged());

        return HeaderState.Incomplete;
    }
}
