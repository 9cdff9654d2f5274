using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Levity.Linux;
using Levity.Logs.Format;
using Levity.Logs.Segments;

namespace Levity.Logs;

/// <summary>The end of a log, found from the end of its last file whatever the log's size.</summary>
public static class LogSeal
{
    /// <summary>
    /// Reads the ending that a log was sealed with; false when there is no such log, it is not sealed, or what is there
    /// is no log.
    /// </summary>
    /// <exception cref="LinuxException">openat(2), pread(2): ENOTDIR or ELOOP for a link, EIO …</exception>
    public static bool TryRead(string directory, [NotNullWhen(true)] out byte[]? ending)
    {
        ending = null;
        using var place = LinuxDirectory.TryOpen(directory);
        var segments = place is null ? [] : Segment.List(place);
        if (segments.Count == 0
            || Segment.TryOpen(place!, segments[^1], writable: false, out var last) != HeaderState.Whole)
        {
            return false;
        }

        using (last)
        {
            var payload = new ArrayBufferWriter<byte>();
            if (last!.TryReadBefore(last.FileEnd, out var frame, payload) && frame.Kind == FrameKind.Seal)
            {
                ending = payload.WrittenSpan.ToArray();
            }
        }

        return ending is not null;
    }
}
