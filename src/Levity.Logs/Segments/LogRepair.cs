using Levity.Linux;
using Levity.Logs.Format;

namespace Levity.Logs.Segments;

/// <summary>
/// Makes a log whose writer has died one that can be gone on with: whatever is no whole frame at the end of a segment
/// is cut off. That is in the last one as a rule; after a loss of power it may be in any.
/// </summary>
internal static class LogRepair
{
    /// <exception cref="LinuxException">openat(2), ftruncate(2): EIO …</exception>
    /// <exception cref="InvalidDataException">Not a log, or one of a newer format.</exception>
    public static RepairedLog Reopen(LinuxDirectory place, LogQuota quota)
    {
        var segments = Segment.List(place);
        var start = segments.Count == 0 ? 0 : segments[^1];
        for (; segments.Count > 0; segments.RemoveAt(segments.Count - 1))
        {
            if (TryOpen(place, segments[^1]) is { } last)
            {
                segments.RemoveAt(segments.Count - 1);
                return Resume(place, segments, last, start, quota);
            }

            // Its writer died before the first frame.
            place.Unlink(SegmentName.Of(segments[^1]));
        }

        // Nobody knows what came before, if anything did.
        var first = Segment.Create(place, start, outputBytes: 0);
        return new RepairedLog(new SegmentChain(place.Path, quota, [], first, start, outputBytes: 0), start);
    }

    private static RepairedLog Resume(
        LinuxDirectory place, List<ulong> earlier, Segment last, ulong reached, LogQuota quota)
    {
        try
        {
            var older = earlier.Select(position => Repair(place, position)).OfType<OlderSegment>().ToList();
            var cut = SegmentRepair.CutTail(last, out var end, out var frame);
            var isSealed = frame is { Kind: FrameKind.Seal };
            if (frame is { Kind: FrameKind.Seal or FrameKind.Turn } final)
            {
                // Neither has a cursor behind it.
                end -= (ulong)final.Length;
            }

            var output = SegmentRepair.ReadTurn(last);
            var chain = new SegmentChain(place.Path, quota, older, last, end, output, hasTurned: output is not null);
            return new RepairedLog(chain, end)
            {
                IsSealed = isSealed,

                // Segments without a header began further on than this one goes.
                CutBytes = cut + (reached > end ? reached - end : 0),
            };
        }
        catch
        {
            last.Dispose();
            throw;
        }
    }

    // One that is no segment is left alone: readers say that it is damaged.
    private static OlderSegment? Repair(LinuxDirectory place, ulong position)
    {
        if (Segment.TryOpen(place, position, writable: true, out var segment) != HeaderState.Whole)
        {
            return null;
        }

        using (segment)
        {
            SegmentRepair.CutTail(segment!, out _, out _);
            return new OlderSegment(position, segment!.File.Length);
        }
    }

    private static Segment? TryOpen(LinuxDirectory place, ulong position) =>
        Segment.TryOpen(place, position, writable: true, out var segment) switch
        {
            HeaderState.Whole => segment,
            HeaderState.Incomplete => null,
            HeaderState.UnknownVersion => throw new InvalidDataException(
                $"'{place.Path}' is a log of another format version than {SegmentHeader.Version}"),
            _ => throw new InvalidDataException(
                $"'{place.Path}/{SegmentName.Of(position)}' does not begin as a log does"),
        };
}

/// <summary>A log that can be gone on with, at its end.</summary>
internal readonly record struct RepairedLog(SegmentChain Chain, ulong End)
{
    public bool IsSealed { get; init; }

    /// <summary>How many bytes were cut off at the end.</summary>
    public ulong CutBytes { get; init; }
}
