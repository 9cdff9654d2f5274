using System.Globalization;
using Levity.Linux;
using Levity.Logs.Format;
using Levity.Logs.Tests.Fixtures;

namespace Levity.Logs.Tests;

/// <summary>A log turns to new segments and drops the oldest, so that it stays within its quota.</summary>
public sealed class LogQuotaTests : IDisposable
{
    private static readonly LogQuota Quota = new(100_000);

    private readonly TemporaryDirectory _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void A_log_is_never_larger_than_its_quota_and_keeps_most_of_it()
    {
        using var writer = LogWriter.Create(_logs["a"], Quota);
        for (var i = 0; i < 2000; i++)
        {
            Assert.True(writer.Append(LogStream.Stdout, Line(i)).Succeeded);
            var length = LengthOf(_logs["a"]);
            Assert.InRange(length, i < 700 ? 0 : 80_000, 100_000);
        }
    }

    [Fact]
    public void What_is_dropped_is_told_by_number()
    {
        using var writer = LogWriter.Create(_logs["a"], Quota);
        using var follower = TestLogs.Open(_logs["a"]);
        follower.ReadNext(out _);
        WriteLines(writer, 2000);
        writer.Seal(1, "end"u8);

        var fromStart = TestLogs.ReadAll(_logs["a"]);
        var behind = TestLogs.ReadAll(follower);

        foreach (var read in (List<Entry>[])[fromStart, behind])
        {
            Assert.Single(read, entry => entry.Outcome == LogReadOutcome.Gap);
            Assert.Equal(2000ul * 100, OutputOf(read));
            Assert.Equal(Line(1999), read[^2].Payload);
        }

        // The follower was in the first segment, which it still had.
        Assert.Equal(LogReadOutcome.Gap, fromStart[0].Outcome);
        Assert.Equal(Line(0), behind[0].Payload);
        Assert.Equal(fromStart[1].UnixNs, fromStart[0].UnixNs);
    }

    [Fact]
    public void A_reader_that_resumed_within_a_segment_is_told_by_number_too()
    {
        using var writer = LogWriter.Create(_logs["a"], Quota);
        WriteLines(writer, 2);
        var cursor = TestLogs.ReadAll(_logs["a"])[0].Next;
        using var follower = TestLogs.Open(_logs["a"], cursor);
        WriteLines(writer, 1998, from: 2);

        // It has not seen what came before its cursor: the turn at the segment's end tells it.
        var read = TestLogs.ReadAll(follower);
        Assert.Equal(Line(1), read[0].Payload);
        Assert.Single(read, entry => entry.Outcome == LogReadOutcome.Gap);
        Assert.Equal(1999ul * 100, OutputOf(read));
    }

    [Fact]
    public void Without_a_quota_nothing_is_dropped()
    {
        using var writer = LogWriter.Create(_logs["a"]);
        WriteLines(writer, 2000);

        Assert.Equal(2001, TestLogs.ReadAll(_logs["a"]).Count);
    }

    [Fact]
    public void A_frame_larger_than_the_quota_is_kept_alone()
    {
        using var writer = LogWriter.Create(_logs["a"], new LogQuota(1000));
        writer.Append(LogStream.Stdout, "before");
        writer.Append(LogStream.Stdout, new string('x', 5000));

        var read = TestLogs.ReadAll(_logs["a"]);
        Assert.Equal((LogReadOutcome.Gap, 6ul), (read[0].Outcome, read[0].Missing));
        Assert.Equal(5000, read[1].Payload.Length);
    }

    [Fact]
    public void A_writer_that_goes_on_knows_what_came_before()
    {
        for (var i = 0; i < 20; i++)
        {
            using var writer = i == 0 ? LogWriter.Create(_logs["a"], Quota) : LogWriter.Reopen(_logs["a"], Quota);
            WriteLines(writer, 150, from: i * 150);
            Assert.InRange(LengthOf(_logs["a"]), 0, 100_000);
        }

        var read = TestLogs.ReadAll(_logs["a"]);
        Assert.Equal(3000ul * 100, OutputOf(read));
        Assert.Single(read, entry => entry.Outcome == LogReadOutcome.Gap);
    }

    [Fact]
    public void A_writer_that_died_while_it_made_a_segment_makes_it_anew()
    {
        var files = NewLog();
        var last = File.ReadAllBytes(files[^1]);
        var before = TestLogs.ReadAll(_logs["a"]);
        for (var length = 0; length < SegmentHeader.Length; length++)
        {
            // Longer than it has content, too: as after a loss of power.
            byte[] content = length % 2 == 0 ? last[..length] : new byte[SegmentHeader.Length + length];
            var copy = Copy(files, $"made-{length}", files.Count - 1, content);

            using var writer = LogWriter.Reopen(copy, Quota);
            writer.Append(LogStream.Stderr, "after");

            var read = TestLogs.ReadAll(copy);
            var kept = before.TakeWhile(entry => entry.Next.Position <= PositionOf(files[^1])).ToList();
            Assert.Equal(kept, read.Take(kept.Count));
            Assert.Equal("after", read[^2].Payload);
        }
    }

    [Fact]
    public void Cut_at_any_byte_of_any_segment_a_log_tells_what_is_missing_and_goes_on()
    {
        var files = NewLog();
        var before = TestLogs.ReadAll(_logs["a"]);
        foreach (var (index, file) in files.Index().SkipLast(1))
        {
            var whole = File.ReadAllBytes(file);
            for (var length = whole.Length - 1; length >= SegmentHeader.Length; length -= 7)
            {
                var copy = Copy(files, $"cut-{index}-{length}", index, whole[..length]);

                // Even if nobody has repaired it.
                var torn = TestLogs.ReadAll(copy);
                using (var writer = LogWriter.Reopen(copy, Quota))
                {
                    Assert.Equal(0, writer.CutBytes);
                    writer.Append(LogStream.Stderr, "after");
                }

                var read = TestLogs.ReadAll(copy);
                Assert.Equal(torn.SkipLast(1), read.SkipLast(2));
                Assert.Equal(OutputOf(before) + 5, OutputOf(read));
                Assert.All(read.SkipLast(2), entry => Assert.True(entry.Outcome == LogReadOutcome.Gap
                    ? entry.Reason == LogGapReason.WriterDied
                    : before.Contains(entry)));
                Directory.Delete(copy, recursive: true);
            }
        }
    }

    [Fact]
    public void A_log_that_cannot_drop_a_segment_loses_what_comes_instead()
    {
        using var writer = LogWriter.Create(_logs["a"], Quota);
        for (var i = 0; Segments().Count < 3; i++)
        {
            writer.Append(LogStream.Stdout, Line(i));
        }

        // unlink(2) does not remove a directory: EISDIR.
        File.Delete(Segments()[0]);
        Directory.CreateDirectory(Path.Combine(_logs["a"], TestLogs.FirstSegment));
        var outcome = WriteUntilFailure(writer);

        Assert.Equal(Errno.EISDIR, outcome.Errno);
        Directory.Delete(Path.Combine(_logs["a"], TestLogs.FirstSegment));
        Assert.True(writer.Append(LogStream.Stdout, "again").Succeeded);
        var gap = TestLogs.ReadAll(_logs["a"])[^3];
        Assert.Equal((LogGapReason.NotWritten, 100ul), (gap.Reason, gap.Missing));
    }

    private static ulong OutputOf(List<Entry> read) =>
        read.SkipLast(1).Aggregate(0ul, (sum, entry) => sum + entry.Missing + (ulong)entry.Payload.Length);

    private static long LengthOf(string log) =>
        Directory.EnumerateFiles(log).Sum(file => new FileInfo(file).Length);

    private static ulong PositionOf(string file) => ulong.Parse(
        Path.GetFileNameWithoutExtension(file), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static string Line(int number) => $"{number,99}\n";

    private static void WriteLines(LogWriter writer, int count, int from = 0)
    {
        for (var i = from; i < from + count; i++)
        {
            Assert.True(writer.Append(LogStream.Stdout, Line(i), unixNs: i).Succeeded);
        }
    }

    private static AppendOutcome WriteUntilFailure(LogWriter writer)
    {
        while (true)
        {
            if (writer.Append(LogStream.Stdout, Line(1)) is { Succeeded: false } failed)
            {
                return failed;
            }
        }
    }

    private List<string> Segments() =>
        [.. Directory.EnumerateFileSystemEntries(_logs["a"]).Order(StringComparer.Ordinal)];

    // Three segments, of which the first is the log's first.
    private List<string> NewLog()
    {
        using var writer = LogWriter.Create(_logs["a"], new LogQuota(8_000));
        for (var i = 0; Segments().Count < 3; i++)
        {
            writer.Append(i % 3 == 0 ? LogStream.Stderr : LogStream.Stdout, $"line {i} {new string('x', i * 5)}\n", i);
        }

        return Segments();
    }

    private string Copy(List<string> files, string name, int changed, byte[] content)
    {
        Directory.CreateDirectory(_logs[name]);
        foreach (var (index, file) in files.Index())
        {
            var bytes = index == changed ? content : File.ReadAllBytes(file);
            File.WriteAllBytes(Path.Combine(_logs[name], Path.GetFileName(file)), bytes);
        }

        return _logs[name];
    }
}
