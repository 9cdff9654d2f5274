using System.Buffers;
using Levity.Linux;
using Levity.Logs.Format;

namespace Levity.Logs.Segments;

/// <summary>Where the frames of a segment end, however its writer may have died.</summary>
internal static class SegmentRepair
{
    // A writer in full swing is seen in the middle of a frame rather often, and never twice in the same.
    private const int Looks = 3;

    /// <summary>The position behind the last whole frame, and that frame if there is one.</summary>
    public static ulong FindEnd(Segment segment, out Frame? last)
    {
        // As a rule the file ends in a whole frame, and then nothing before it needs to be read.
        for (var look = 0; look < Looks; look++)
        {
            var end = segment.FileEnd;
            if (segment.TryReadBefore(end, out var tail))
            {
                last = tail;
                return end;
            }
        }

        last = null;
        using var reader = new SegmentReader(segment, segment.Base);
        while (last is not { Kind: FrameKind.Seal or FrameKind.Turn }
            && reader.Read(out var frame, out _) == FrameState.Whole)
        {
            reader.Pass(frame);
            last = frame;
        }

        return reader.Position;
    }

    /// <summary>Cuts off what follows the last whole frame: how many bytes that were.</summary>
    /// <exception cref="LinuxException">ftruncate(2): EIO …</exception>
    public static ulong CutTail(Segment segment, out ulong end, out Frame? last)
    {
        end = FindEnd(segment, out last);
        var cut = segment.FileEnd - end;
        var errno = cut == 0 ? 0 : segment.File.SetLength(segment.OffsetOf(end));
        return errno == 0 ? cut : throw new LinuxException("ftruncate", errno, segment.File.Path);
    }

    /// <summary>How many bytes of output the log has had at the end of this segment.</summary>
    public static ulong CountOutput(Segment segment)
    {
        var count = segment.OutputBytes;
        using var reader = new SegmentReader(segment, segment.Base);
        while (reader.Read(out var frame, out var payload) == FrameState.Whole)
        {
            count += OutputBytes.CountOf(frame.Kind, payload.Span);
            reader.Pass(frame);
        }

        return count;
    }

    /// <summary>What a turn at the very end of a segment says of the output before it; null when there is none.</summary>
    public static ulong? ReadTurn(Segment segment)
    {
        var payload = new ArrayBufferWriter<byte>(TurnPayload.Length);
        return segment.TryReadBefore(segment.FileEnd, out var frame, payload) && frame.Kind == FrameKind.Turn
            ? TurnPayload.Read(payload.WrittenSpan)
            : null;
    }
}
