using Levity.Logs.Format;

namespace Levity.Logs.Segments;

/// <summary>Where the frames of a segment end, however its writer may have died.</summary>
internal static class SegmentRepair
{
    /// <summary>The position behind the last whole frame, and that frame if there is one.</summary>
    public static ulong FindEnd(Segment segment, out Frame? last)
    {
        // As a rule the file ends in a whole frame, and then nothing before it needs to be read.
        var end = segment.FileEnd;
        if (segment.TryReadBefore(end, out var tail))
        {
            last = tail;
            return end;
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
}
