using System.Buffers.Binary;

namespace Levity.Logs.Format;

/// <summary>
/// One frame; its place in the log is its position. All numbers are little-endian.
/// <code>
///   0        4        8                 16                16+n     20+n
///   +--------+--------+-----------------+-----------------+--------+
///   |  crc   | shape  |      time       |   payload (n)   | shape  |
///   +--------+--------+-----------------+-----------------+--------+
///
///   crc      CRC-32C of the segment's key (8 bytes), the frame's position (8 bytes) and of the frame from 4 to its end
///   shape    n in the lower 24 bits, the kind in the upper 8; n is at most 262,144
///   time     nanoseconds since 1970, signed
///   shape    the same again, so that the frame before a position can be found
/// </code>
/// Key and position are in no frame, only in its checksum. So a frame is a frame at its own place in its own segment
/// and nowhere else: a task that writes the bytes of a frame, and be it by printing its own log, never makes one.
/// </summary>
internal static class FrameFormat
{
    public const int HeaderLength = 16;
    public const int TrailerLength = 4;
    public const int Overhead = HeaderLength + TrailerLength;
    public const int MaxPayload = 256 * 1024;
    public const int MaxLength = Overhead + MaxPayload;

    private const int ShapeOffset = 4;
    private const int TimeOffset = 8;
    private const int LengthBits = 24;

    /// <summary>Fills in what surrounds a payload that is in its place already.</summary>
    public static void Complete(Span<byte> frame, FrameKind kind, long unixNs, ulong key, ulong position)
    {
        var shape = ((uint)kind << LengthBits) | (uint)(frame.Length - Overhead);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[ShapeOffset..], shape);
        BinaryPrimitives.WriteInt64LittleEndian(frame[TimeOffset..], unixNs);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[^TrailerLength..], shape);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Checksum(frame, key, position));
    }

    /// <summary>Looks for a frame at the beginning of some bytes.</summary>
    public static FrameState Read(ReadOnlySpan<byte> bytes, ulong key, ulong position, out Frame frame)
    {
        frame = default;
        if (bytes.Length < HeaderLength)
        {
            return FrameState.Incomplete;
        }

        if (!TryReadShape(bytes[ShapeOffset..], out var kind, out var length))
        {
            return FrameState.Broken;
        }

        frame = new Frame(kind, BinaryPrimitives.ReadInt64LittleEndian(bytes[TimeOffset..]), length);
        if (bytes.Length < length)
        {
            return FrameState.Incomplete;
        }

        bytes = bytes[..length];
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Checksum(bytes, key, position)
            ? FrameState.Whole
            : FrameState.Broken;
    }

    /// <summary>Reads a shape, which says how long the whole frame is; false when no frame has such a shape.</summary>
    public static bool TryReadShape(ReadOnlySpan<byte> bytes, out FrameKind kind, out int length)
    {
        var shape = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var payload = (int)(shape & ((1u << LengthBits) - 1));
        kind = (FrameKind)(shape >> LengthBits);
        length = Overhead + payload;
        return IsPossible(kind, payload);
    }

    /// <summary>The payload of a whole frame.</summary>
    public static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> frame) => frame[HeaderLength..^TrailerLength];

    // A checksum that is right does not make it so: whoever reads a payload relies on its length.
    private static bool IsPossible(FrameKind kind, int payload) => kind switch
    {
        FrameKind.Stdout or FrameKind.Stderr => payload is > 0 and <= MaxPayload,
        FrameKind.Gap => payload == GapPayload.Length,
        FrameKind.Seal => payload <= MaxPayload,
        FrameKind.Turn => payload == TurnPayload.Length,
        _ => false,
    };

    private static uint Checksum(ReadOnlySpan<byte> frame, ulong key, ulong position)
    {
        Span<byte> place = stackalloc byte[2 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(place, key);
        BinaryPrimitives.WriteUInt64LittleEndian(place[sizeof(ulong)..], position);
        return Crc32C.Finish(Crc32C.Append(Crc32C.Append(Crc32C.Begin, place), frame[ShapeOffset..]));
    }
}
