using System.Buffers.Binary;
using Levity.Logs.Tests.Fixtures;

namespace Levity.Logs.Tests.Format;

/// <summary>A log as docs/log-format.md draws it, put together here by hand.</summary>
public sealed class LayoutTests : IDisposable
{
    private readonly TemporaryDirectory _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void A_log_is_laid_out_as_documented()
    {
        using var writer = LogWriter.Create(_logs["a"]);
        writer.Append(LogStream.Stdout, "out", 0x0102030405060708);
        writer.Append(LogStream.Stderr, "e", -1);
        writer.ReleaseFile();
        Directory.Move(_logs["a"], _logs["away"]);
        writer.Append(LogStream.Stdout, "lost");
        Directory.Move(_logs["away"], _logs["a"]);
        writer.Seal(7, "end"u8);

        var file = File.ReadAllBytes(Path.Combine(_logs["a"], "0000000000000000.log"));
        var key = file[32..40];
        var expected = Header(key);
        Add(expected, key, kind: 1, 0x0102030405060708, "out"u8.ToArray());
        Add(expected, key, kind: 2, -1, "e"u8.ToArray());
        Add(expected, key, kind: 3, 7, [4, 0, 0, 0, 0, 0, 0, 0, 1]);
        Add(expected, key, kind: 4, 7, "end"u8.ToArray());

        Assert.Equal(expected, file);
    }

    [Fact]
    public void Each_segment_has_its_own_key()
    {
        LogWriter.Create(_logs["a"]).Dispose();
        LogWriter.Create(_logs["b"]).Dispose();

        Assert.NotEqual(
            File.ReadAllBytes(Path.Combine(_logs["a"], TestLogs.FirstSegment)),
            File.ReadAllBytes(Path.Combine(_logs["b"], TestLogs.FirstSegment)));
    }

    private static List<byte> Header(byte[] key)
    {
        byte[] front = [0x89, 0x4C, 0x65, 0x76, 0x4C, 0x6F, 0x67, 0x0A, 1, 0, 0, 0];
        byte[] back = [.. new byte[16], .. key];
        return [.. front, .. Number(Crc32CTests.BitByBit([.. front, .. back])), .. back];
    }

    private static void Add(List<byte> file, byte[] key, byte kind, long time, byte[] payload)
    {
        byte[] shape = [(byte)payload.Length, (byte)(payload.Length >> 8), (byte)(payload.Length >> 16), kind];
        byte[] position = [.. Number((uint)(file.Count - 40)), 0, 0, 0, 0];
        var timeBytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(timeBytes, time);
        byte[] rest = [.. shape, .. timeBytes, .. payload, .. shape];
        file.AddRange(Number(Crc32CTests.BitByBit([.. key, .. position, .. rest])));
        file.AddRange(rest);
    }

    private static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
