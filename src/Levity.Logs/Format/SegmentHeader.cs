using System.Buffers.Binary;

namespace Levity.Logs.Format;

/// <summary>
/// How a segment begins. All numbers are little-endian; frames follow at once.
/// <code>
///   0                 8        12       16                24                32                40
///   +-----------------+--------+--------+-----------------+-----------------+-----------------+
///   |      magic      | version|  crc   |      base       |     output      |       key       |
///   +-----------------+--------+--------+-----------------+-----------------+-----------------+
///
///   magic    89 4C 65 76 4C 6F 67 0A  (the letters are LevLog)
///   version  1
///   crc      CRC-32C of the header without these four bytes
///   base     position of the first frame; the file's name is the same number
///   output   how many bytes of output came before this segment, kept or not
///   key      random; part of each frame's checksum
/// </code>
/// </summary>
internal readonly record struct SegmentHeader(ulong Base, ulong OutputBytes, ulong Key)
{
    public const int Length = 40;
    public const uint Version = 1;

    private const int VersionOffset = 8;
    private const int CrcOffset = 12;
    private const int BaseOffset = 16;
    private const int OutputOffset = 24;
    private const int KeyOffset = 32;

    private static ReadOnlySpan<byte> Magic => [0x89, 0x4C, 0x65, 0x76, 0x4C, 0x6F, 0x67, 0x0A];

    public void Write(Span<byte> header)
    {
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[VersionOffset..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(header[BaseOffset..], Base);
        BinaryPrimitives.WriteUInt64LittleEndian(header[OutputOffset..], OutputBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(header[KeyOffset..], Key);
        BinaryPrimitives.WriteUInt32LittleEndian(header[CrcOffset..], Checksum(header));
    }

    /// <summary>Reads the header of a segment whose name says where it begins.</summary>
    /// <param name="bytes">The file's beginning, up to <see cref="Length"/> bytes.</param>
    /// <param name="expectedBase">From the name.</param>
    /// <param name="header">The header, when it is whole.</param>
    public static HeaderState Read(ReadOnlySpan<byte> bytes, ulong expectedBase, out SegmentHeader header)
    {
        header = default;
        if (bytes.Length < Length || !bytes.ContainsAnyExcept((byte)0))
        {
            // Zeros: the file became longer, and the machine died before its pages were on the disk.
            return HeaderState.Incomplete;
        }

        if (!bytes.StartsWith(Magic))
        {
            return HeaderState.Broken;
        }

        // Before the checksum: where another version has its checksum is its own affair.
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[VersionOffset..]) != Version)
        {
            return HeaderState.UnknownVersion;
        }

        header = new SegmentHeader(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[BaseOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[OutputOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[KeyOffset..]));
        var isWhole = header.Base == expectedBase
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcOffset..]) == Checksum(bytes);
        return isWhole ? HeaderState.Whole : HeaderState.Broken;
    }

    private static uint Checksum(ReadOnlySpan<byte> header)
    {
        var state = Crc32C.Append(Crc32C.Begin, header[..CrcOffset]);
        return Crc32C.Finish(Crc32C.Append(state, header[BaseOffset..Length]));
    }
}
