using System.Buffers.Binary;

namespace Levity.Daemon.Registry.Sqlite;

/// <summary>
/// Looks at a write-ahead log before SQLite does, for SQLite takes it up to the first frame that is not right and says
/// nothing about the rest. After a crash that is as it should be: only a commit that was never acknowledged can be
/// torn. What comes after a torn frame and is a commit of the same log was acknowledged, and has been damaged since.
/// The format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
/// </summary>
internal static class WalFile
{
    private const int HeaderSize = 32;
    private const int FrameHeaderSize = 24;
    private const uint Magic = 0x377f0682;

    /// <summary>Throws <see cref="DamagedRegistryException"/>.</summary>
    public static void RequireSound(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length == 0)
        {
            return;
        }

        using var file = new BufferedStream(File.OpenRead(path), 64 * 1024);
        var header = new byte[HeaderSize];
        if (file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize || !IsHeader(header))
        {
            throw new DamagedRegistryException("the write-ahead log has no header");
        }

        var frame = new byte[FrameHeaderSize + Number(header, 8)];
        var sum = (First: Number(header, 24), Second: Number(header, 28));
        int? torn = null;
        for (var number = 1; file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length; number++)
        {
            var isOurs = frame.AsSpan(8, 8).SequenceEqual(header.AsSpan(16, 8));
            if (torn is null)
            {
                sum = Checksum(header, frame.AsSpan(FrameHeaderSize), Checksum(header, frame.AsSpan(0, 8), sum));
                torn = isOurs && sum == (Number(frame, 16), Number(frame, 20)) ? null : number;
            }

            if (torn is not null && isOurs && Number(frame, 4) != 0)
            {
                throw new DamagedRegistryException(
                    $"the write-ahead log is damaged at frame {torn}, and a commit follows in frame {number} (unless the "
                    + "machine lost its power just now, that had been acknowledged)");
            }
        }
    }

    private static bool IsHeader(byte[] header) =>
        (Number(header, 0) & ~1u) == Magic
        && Number(header, 8) is >= 512 and <= 65536
        && Checksum(header, header.AsSpan(0, 24), (0, 0)) == (Number(header, 24), Number(header, 28));

    // Fibonacci-weighted, over pairs of words whose byte order the magic number tells.
    private static (uint First, uint Second) Checksum(
        byte[] header, ReadOnlySpan<byte> bytes, (uint First, uint Second) sum)
    {
        var big = (Number(header, 0) & 1) == 1;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            unchecked
            {
                sum.First += Word(bytes, big) + sum.Second;
                sum.Second += Word(bytes[4..], big) + sum.First;
            }
        }

        return sum;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static uint Number(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(offset));
}
