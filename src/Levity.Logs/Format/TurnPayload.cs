using System.Buffers.Binary;

namespace Levity.Logs.Format;

/// <summary>
/// The payload of a turn frame: how many bytes of output the log has had so far (8 bytes, little-endian), which the
/// next segment's header says too.
/// </summary>
internal static class TurnPayload
{
    public const int Length = sizeof(ulong);

    /// <summary>All of a turn frame.</summary>
    public const int FrameLength = FrameFormat.Overhead + Length;

    public static void Write(Span<byte> payload, ulong outputBytes) =>
        BinaryPrimitives.WriteUInt64LittleEndian(payload, outputBytes);

    /// <summary>Reads the payload of a frame whose checksum was right.</summary>
    public static ulong Read(ReadOnlySpan<byte> payload) => BinaryPrimitives.ReadUInt64LittleEndian(payload);
}
