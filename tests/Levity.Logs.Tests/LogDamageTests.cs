using CsCheck;
using Levity.Logs.Format;
using Levity.Logs.Tests.Fixtures;

namespace Levity.Logs.Tests;

/// <summary>A damaged log is noticed, and no wrong byte is ever taken for one that the task wrote.</summary>
public sealed class LogDamageTests : IDisposable
{
    private readonly TemporaryDirectory _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void Any_single_flipped_bit_is_noticed()
    {
        var (whole, entries) = NewLog(frames: 6, largest: 60, seed: 1);
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            whole[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertNoticed(whole, entries, isOneBit: true);
            whole[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Any_flipped_bits_are_noticed()
    {
        var (whole, entries) = NewLog(frames: 40, largest: 4000, seed: 2);
        Gen.Int[0, (whole.Length * 8) - 1].HashSet[1, 8].Sample(
            bits =>
            {
                var damaged = whole.ToArray();
                foreach (var bit in bits)
                {
                    damaged[bit / 8] ^= (byte)(1 << (bit % 8));
                }

                AssertNoticed(damaged, entries, isOneBit: false);
            },
            iter: 2000,
            threads: 1);
    }

    [Fact]
    public void Damage_in_the_middle_is_no_end()
    {
        var (whole, entries) = NewLog(frames: 5, largest: 60, seed: 3);

        // The length of the second frame, so that it seems to reach beyond the end of the file.
        whole[40 + (int)entries[0].Next.Position + 6] ^= 2;
        TestLogs.Copy(whole, _logs["damaged"]);

        var read = TestLogs.ReadAll(_logs["damaged"]);
        Assert.Equal([entries[0], new Entry(LogReadOutcome.Corrupt)], read);
    }

    [Fact]
    public void A_reader_of_a_damaged_log_says_so_again()
    {
        var (whole, _) = NewLog(frames: 5, largest: 60, seed: 3);
        whole[40 + 16] ^= 1;
        TestLogs.Copy(whole, _logs["damaged"]);
        using var reader = TestLogs.Open(_logs["damaged"]);

        Assert.Equal(LogReadOutcome.Corrupt, reader.ReadNext(out _));
        Assert.Equal(LogReadOutcome.Corrupt, reader.ReadNext(out _));
    }

    [Fact]
    public void Another_format_version_is_told_apart_from_damage()
    {
        var (whole, _) = NewLog(frames: 1, largest: 10, seed: 4);
        whole[8] = 2;
        TestLogs.Copy(whole, _logs["newer"]);

        Assert.Equal(LogOpenOutcome.UnknownVersion, LogReader.Open(_logs["newer"], default, out _));
        var exception = Assert.Throws<InvalidDataException>(() => LogWriter.Reopen(_logs["newer"]));
        Assert.Contains("version", exception.Message, StringComparison.Ordinal);
        Assert.Equal(whole, File.ReadAllBytes(Path.Combine(_logs["newer"], TestLogs.FirstSegment)));
    }

    [Fact]
    public void A_segment_under_a_wrong_name_is_no_segment()
    {
        var (whole, _) = NewLog(frames: 1, largest: 10, seed: 5);
        Directory.CreateDirectory(_logs["moved"]);
        File.WriteAllBytes(Path.Combine(_logs["moved"], "0000000000000040.log"), whole);

        Assert.Equal(LogOpenOutcome.Corrupt, LogReader.Open(_logs["moved"], new LogCursor(64), out _));
        Assert.Throws<InvalidDataException>(() => LogWriter.Reopen(_logs["moved"]));
    }

    // Found by the fuzzer, which was given right checksums.
    [Theory]
    [InlineData((byte)FrameKind.Stdout, 0)]
    [InlineData((byte)FrameKind.Stderr, 0)]
    [InlineData((byte)FrameKind.Gap, 10)]
    public void A_payload_that_its_kind_cannot_have_is_damage_whatever_its_checksum_says(byte kind, int length)
    {
        var sound = (FrameKind.Stdout, 1, "x"u8.ToArray());
        TestLogs.WriteSegment(_logs["odd"], default, key: 7, sound, ((FrameKind)kind, 2, new byte[length]), sound);

        var read = TestLogs.ReadAll(_logs["odd"]);

        Assert.Equal([LogReadOutcome.Frame, LogReadOutcome.Corrupt], read.Select(entry => entry.Outcome));
        Assert.Throws<InvalidDataException>(
            () => LogReader.OpenAtLines(_logs["odd"], lines: 9, (_, _) => true, out _));
    }

    private void AssertNoticed(byte[] damaged, List<Entry> entries, bool isOneBit)
    {
        TestLogs.Copy(damaged, _logs["damaged"]);
        var outcome = LogReader.Open(_logs["damaged"], default, out var reader);
        if (outcome != LogOpenOutcome.Opened)
        {
            Assert.True(outcome is LogOpenOutcome.Corrupt or LogOpenOutcome.UnknownVersion);
            return;
        }

        using (reader)
        {
            var read = TestLogs.ReadAll(reader!);
            Assert.Equal(entries.Take(read.Count - 1), read.SkipLast(1));

            // A damaged last frame is one that its writer may not have finished.
            var mayBeUnfinished = !isOneBit || read.Count == entries.Count;
            Assert.True(read[^1].Outcome == LogReadOutcome.Corrupt
                || (mayBeUnfinished && read[^1].Outcome == LogReadOutcome.AtEnd));
        }
    }

    private (byte[] Whole, List<Entry> Entries) NewLog(int frames, int largest, int seed)
    {
        var random = new Random(seed);
        using var writer = LogWriter.Create(_logs["whole"]);
        for (var i = 0; i < frames; i++)
        {
            var bytes = new byte[random.Next(1, largest)];
            random.NextBytes(bytes);
            writer.Append(i % 2 == 0 ? LogStream.Stdout : LogStream.Stderr, bytes, random.NextInt64());
        }

        writer.Seal(5, "ending"u8);
        var whole = File.ReadAllBytes(Path.Combine(_logs["whole"], TestLogs.FirstSegment));
        return (whole, TestLogs.ReadAll(_logs["whole"]));
    }
}
