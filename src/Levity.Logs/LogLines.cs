using System.Buffers;
using Levity.Linux;
using Levity.Logs.Format;
using Levity.Logs.Segments;

namespace Levity.Logs;

/// <summary>
/// Finds where the last lines of a log begin, from its end backwards: frames say at their end how long they are. Never
/// holds more than one frame.
/// </summary>
public static class LogLines
{
    /// <summary>
    /// As tail(1) counts: a line ends in a newline, or with the log. What counts is taken for one sequence of bytes in
    /// the order of arrival. When there are fewer lines, or the older ones are no longer kept, the place is the start.
    /// </summary>
    /// <param name="directory">The log; the place in one that is not there is the start.</param>
    /// <param name="lines">How many; 0 finds the end.</param>
    /// <param name="counts">Whether what arrived on that stream at that time (nanoseconds since 1970) counts.</param>
    /// <returns>A place, and how many bytes of the frame behind it come before the first line.</returns>
    /// <exception cref="LinuxException">openat(2), pread(2): EIO …</exception>
    /// <exception cref="InvalidDataException">The log is damaged.</exception>
    public static (LogCursor Cursor, int Skip) FindLast(
        string directory, ulong lines, Func<LogStream, long, bool> counts)
    {
        using var place = LinuxDirectory.TryOpen(directory);
        var segments = new SegmentListing(place).Positions;
        var search = new Search(lines, counts);
        for (var i = segments.Count - 1; i >= 0; i--)
        {
            var state = Segment.TryOpen(place!, segments[i], writable: false, out var segment);
            using (segment)
            {
                if (state == HeaderState.Incomplete && i == segments.Count - 1)
                {
                    // About to be written: the log ends in the one before.
                    continue;
                }

                if (state != HeaderState.Whole)
                {
                    // Dropped just now; or damaged, which whoever reads there is told.
                    break;
                }

                if (search.In(segment!) is { } found)
                {
                    return found;
                }
            }
        }

        return (LogCursor.Start, 0);
    }

    private sealed class Search(ulong lines, Func<LogStream, long, bool> counts)
    {
        private readonly ArrayBufferWriter<byte> _payload = new();
        private readonly bool _wantsNone = lines == 0;
        private ulong _missing = lines;

        // A newline at the very end ends the last line, and begins none.
        private bool _isAtEnd = true;

        public (LogCursor Cursor, int Skip)? In(Segment segment)
        {
            var position = SegmentRepair.FindEnd(segment, out _);
            while (position > segment.Base)
            {
                _payload.ResetWrittenCount();
                if (!segment.TryReadBefore(position, out var frame, _payload))
                {
                    throw new InvalidDataException($"what ends at {position} is no frame");
                }

                var start = position - (ulong)frame.Length;
                var isOutput = frame.Kind is FrameKind.Stdout or FrameKind.Stderr;
                if (_wantsNone && frame.Kind is not (FrameKind.Seal or FrameKind.Turn))
                {
                    return (new LogCursor(position), 0);
                }

                if (isOutput && counts((LogStream)frame.Kind, frame.UnixNs) && LineStart() is { } skip)
                {
                    return skip == _payload.WrittenCount
                        ? (new LogCursor(position), 0)
                        : (new LogCursor(start), skip);
                }

                position = start;
            }

            return _wantsNone ? (new LogCursor(segment.Base), 0) : null;
        }

        // Where in the payload the first of the lines begins, if it does.
        private int? LineStart()
        {
            var bytes = _payload.WrittenSpan;
            bytes = _isAtEnd ? bytes[..^1] : bytes;
            _isAtEnd = false;
            while (bytes.LastIndexOf((byte)'\n') is >= 0 and var newline)
            {
                if (--_missing == 0)
                {
                    return newline + 1;
                }

                bytes = bytes[..newline];
            }

            return null;
        }
    }
}
