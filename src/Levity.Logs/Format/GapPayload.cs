using System.Buffers.Binary;

namespace Levity.Logs.Format;

/// <summary>
/// The payload of a gap frame: how many bytes are missing (8 bytes, little-endian; 0 where nobody knows) and the
/// <see cref="LogGapReason"/> (1 byte).
/// </summary>
internal static class GapPayload
{
    public const int Length = sizeof(ulong) + 1;

    public static void Write(Span<byte> payload, ulong missing, LogGapReason reason)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(payload, missing);
        payload[sizeof(ulong)] = (byte)reason;
    }

    /// <summary>Reads the payload of a frame whose checksum was right.</summary>
    public static void Read(ReadOnlySpan<byte> payload, out ulong missing, out LogGapReason reason)
    {
        missing = BinaryPrimitives.ReadUInt64LittleEndian(payload);
        reason = (LogGapReason)payload[sizeof(ulong)];
    }
}
