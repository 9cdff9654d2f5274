using System.Buffers.Binary;
using Levity.Logs.Format;

namespace Levity.Fuzz.Targets;

/// <summary>Makes the checksums of a segment right, whatever else is in it.</summary>
internal static class Checksums
{
    // More than any log ever has, and nothing that a number would overflow of.
    private const ulong LastPosition = (1ul << 48) - 1;

    /// <summary>Makes them right, as far as there are frames by their lengths.</summary>
    /// <param name="segment">The file.</param>
    /// <param name="earliest">Where the segment before it ends: no writer lets one begin within another.</param>
    /// <returns>Where it begins, and where it ends.</returns>
    public static (ulong Start, ulong End) Correct(Span<byte> segment, ulong earliest)
    {
        if (segment.Length < SegmentHeader.Length)
        {
            return (earliest, earliest);
        }

        var start = Math.Max(earliest, Number(segment, 16) & LastPosition);
        var key = Number(segment, 32);
        new SegmentHeader(start, Number(segment, 24), key).Write(segment);
        var position = start;
        var rest = segment[SegmentHeader.Length..];
        while (rest.Length >= FrameFormat.HeaderLength)
        {
            var shape = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            var (kind, length) = ((FrameKind)(shape >> 24), FrameFormat.Overhead + (int)(shape & 0xFF_FFFF));
            if (length > rest.Length)
            {
                break;
            }

            FrameFormat.Complete(rest[..length], kind, (long)Number(rest, 8), key, position);
            if (kind == FrameKind.Turn)
            {
                break;
            }

            position += (ulong)length;
            rest = rest[length..];
        }

        return (start, position);
    }

    private static ulong Number(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}
