using System.Text;
using Levity.Linux;
using Levity.Logs.Tests.Fixtures;

namespace Levity.Logs.Tests;

/// <summary>What cannot be written is counted and told; the log stays a log.</summary>
public sealed class LogFullDiskTests
{
    private const int HeaderLength = 40;
    private const int FrameSize = 50_000;

    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(5);

    [Fact]
    public void On_a_full_disk_the_log_ends_in_a_whole_frame_and_later_tells_what_is_missing()
    {
        using var disk = new SmallFileSystem(4 * 1024 * 1024);
        disk.Fill("filler", spare: 300_000);
        using var writer = LogWriter.Create(disk["a"]);
        var segment = Path.Combine(disk["a"], TestLogs.FirstSegment);
        var kept = new StringBuilder();
        var lost = 0ul;

        for (var i = 0; lost < 3 * FrameSize; i++)
        {
            var payload = new string((char)('a' + (i % 26)), FrameSize);
            var outcome = writer.Append(LogStream.Stdout, payload, i);
            Assert.Equal(outcome.Succeeded ? 0 : Errno.ENOSPC, outcome.Errno);
            Assert.Equal(HeaderLength + (long)writer.End.Position, new FileInfo(segment).Length);
            kept.Append(outcome.Succeeded ? payload : "");
            lost += outcome.Succeeded ? 0ul : FrameSize;
        }

        Assert.Equal(lost, writer.LostBytes);
        Assert.True(kept.Length > 0);

        File.Delete(disk["filler"]);
        Assert.True(writer.Append(LogStream.Stdout, "space again", 99).Succeeded);
        kept.Append("space again");

        var entries = TestLogs.ReadAll(disk["a"]);
        Assert.Equal(lost, Missing(entries));
        Assert.All(Gaps(entries), gap => Assert.Equal(LogGapReason.NotWritten, gap.Reason));
        Assert.Equal(kept.ToString(), string.Concat(entries.Select(entry => entry.Payload)));
        Assert.Equal(("space again", LogReadOutcome.Gap), (entries[^2].Payload, entries[^3].Outcome));
        Assert.Equal(99, entries[^3].UnixNs);
    }

    [Fact]
    public void A_disk_that_is_full_when_the_log_turns_loses_nothing_that_is_not_told()
    {
        using var disk = new SmallFileSystem(8 * 1024 * 1024);
        using var writer = LogWriter.Create(disk["a"], new LogQuota(800_000));
        var random = new Random(7);
        var written = 0ul;
        for (var i = 0; i < 400; i++)
        {
            // Full for half of the time, and never at the same point of a segment.
            if (i % 40 == 0)
            {
                disk.Fill("filler", spare: random.Next(200_000));
            }
            else if (i % 40 == 20)
            {
                File.Delete(disk["filler"]);
            }

            var size = random.Next(1, 40_000);
            writer.Append(LogStream.Stdout, new string('x', size), i);
            written += (ulong)size;
        }

        Assert.NotEqual(0ul, writer.LostBytes);
        var entries = TestLogs.ReadAll(disk["a"]);
        Assert.Equal(written, Missing(entries) + (ulong)entries.Sum(entry => entry.Payload.Length));
    }

    [Fact]
    public void Without_an_inode_for_the_next_segment_the_log_waits_for_one()
    {
        // The root, the log and its first segment, and one more.
        using var disk = new SmallFileSystem(8 * 1024 * 1024, inodes: 4);
        using var writer = LogWriter.Create(disk["a"], new LogQuota(800_000));
        File.WriteAllBytes(disk["takes the last one"], []);
        for (var i = 0; i < 10; i++)
        {
            writer.Append(LogStream.Stdout, new string('x', 30_000), i);
        }

        Assert.Equal(7 * 30_000ul, writer.LostBytes);
        Assert.Equal(3, TestLogs.ReadAll(disk["a"]).SkipLast(1).Count());

        // Another writer can go on with it all the same.
        using var next = LogWriter.Continue(disk["a"], writer.Quota, writer.Debt);
        Assert.Equal(Errno.ENOSPC, next.Append(LogStream.Stdout, "lost too").Errno);
        Assert.False(next.Seal(19, "end"u8).Succeeded);
        File.Delete(disk["takes the last one"]);
        Assert.True(next.Seal(20, "end"u8).Succeeded);

        var entries = TestLogs.ReadAll(disk["a"]);
        Assert.Equal((7 * 30_000ul) + 8, Missing(entries));
        Assert.Equal("end", entries[^1].Payload);
    }

    [Fact]
    public void A_log_that_cannot_be_sealed_can_be_sealed_later()
    {
        using var disk = new SmallFileSystem(1024 * 1024);
        using var writer = LogWriter.Create(disk["a"]);
        disk.Fill("filler", spare: 0);

        // What is left is less than a page.
        var outcome = writer.Seal(1, new byte[5000]);

        Assert.Equal(Errno.ENOSPC, outcome.Errno);
        Assert.False(writer.IsSealed);
        Assert.False(LogSeal.TryRead(disk["a"], out _));
        Assert.Equal(0ul, writer.LostBytes);

        File.Delete(disk["filler"]);
        Assert.True(writer.Seal(2, new byte[5000]).Succeeded);
        Assert.True(LogSeal.TryRead(disk["a"], out var ending));
        Assert.Equal(5000, ending.Length);
    }

    [Fact]
    public void A_log_that_cannot_be_made_leaves_nothing_behind()
    {
        using var disk = new SmallFileSystem(1024 * 1024);
        disk.Fill("filler", spare: 0);

        var exception = Assert.Throws<LinuxException>(() => LogWriter.Create(disk["a"]));

        Assert.Equal(Errno.ENOSPC, exception.Number);
        Assert.False(Path.Exists(disk["a"]));
    }

    [Fact]
    public async Task Followers_of_a_log_on_a_full_disk_get_all_that_was_kept()
    {
        using var disk = new SmallFileSystem(4 * 1024 * 1024);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(Bound);
        using var writer = LogWriter.Create(disk["a"]);
        disk.Fill("filler", spare: 200_000);
        var follower = Task.Run(() => CountToSeal(disk["a"], stop.Token), stop.Token);

        var written = await Task.Run(() => WriteThroughFullDisk(disk, writer), stop.Token);

        Assert.Equal((written - writer.LostBytes, writer.LostBytes), await follower);
        Assert.NotEqual(0ul, writer.LostBytes);
    }

    [Fact]
    public void Bytes_that_came_while_the_file_was_away_are_missing_by_number()
    {
        using var logs = new TemporaryDirectory();
        using var writer = LogWriter.Create(logs["a"]);
        writer.Append(LogStream.Stdout, "before");
        writer.ReleaseFile();
        Directory.Move(logs["a"], logs["away"]);

        Assert.Equal(Errno.ENOENT, writer.Append(LogStream.Stdout, "12345").Errno);
        Assert.Equal(Errno.ENOENT, writer.Append(LogStream.Stderr, "123").Errno);
        Assert.Equal(8ul, writer.LostBytes);

        Directory.Move(logs["away"], logs["a"]);
        Assert.True(writer.Append(LogStream.Stdout, "after", 5).Succeeded);
        Assert.Equal(8ul, writer.LostBytes);

        var entries = TestLogs.ReadAll(logs["a"]);
        Assert.Equal(["before", "", "after", ""], entries.Select(entry => entry.Payload));
        Assert.Equal((LogReadOutcome.Gap, 8ul, 5L), (entries[1].Outcome, entries[1].Missing, entries[1].UnixNs));
    }

    [Fact]
    public void A_seal_tells_of_missing_bytes_first()
    {
        using var logs = new TemporaryDirectory();
        using var writer = LogWriter.Create(logs["a"]);
        writer.ReleaseFile();
        Directory.Move(logs["a"], logs["away"]);
        writer.Append(LogStream.Stdout, "lost");
        Assert.False(writer.Seal(1, default).Succeeded);
        Directory.Move(logs["away"], logs["a"]);

        Assert.True(writer.Seal(2, default).Succeeded);

        var entries = TestLogs.ReadAll(logs["a"]);
        Assert.Equal(
            [(LogReadOutcome.Gap, 4ul), (LogReadOutcome.Sealed, 0ul)],
            entries.Select(entry => (entry.Outcome, entry.Missing)));
    }

    private static IEnumerable<Entry> Gaps(List<Entry> entries) =>
        entries.Where(entry => entry.Outcome == LogReadOutcome.Gap);

    private static ulong Missing(List<Entry> entries) =>
        Gaps(entries).Aggregate(0ul, (sum, gap) => sum + gap.Missing);

    // The disk is full for most of the time: many frames are cut off while the follower looks at them.
    private static ulong WriteThroughFullDisk(SmallFileSystem disk, LogWriter writer)
    {
        var random = new Random(3);
        var buffer = new LogFrameBuffer();
        var written = 0ul;
        for (var i = 0; i < 3000; i++)
        {
            var size = random.Next(1, 30_000);
            buffer.Payload[..size].Fill((byte)i);
            writer.Append(buffer, LogStream.Stdout, size, i);
            written += (ulong)size;
        }

        File.Delete(disk["filler"]);
        Assert.True(writer.Seal(0, default).Succeeded);
        return written;
    }

    private static (ulong Read, ulong Missing) CountToSeal(string directory, CancellationToken cancellationToken)
    {
        var (read, missing) = (0ul, 0ul);
        using var reader = TestLogs.Open(directory);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (reader.ReadNext(out var frame))
            {
                case LogReadOutcome.Frame:
                    read += (ulong)frame.Payload.Length;
                    Assert.Equal(-1, frame.Payload.Span.IndexOfAnyExcept(frame.Payload.Span[0]));
                    break;
                case LogReadOutcome.Gap:
                    missing += frame.MissingBytes;
                    break;
                case LogReadOutcome.AtEnd:
                    Thread.Yield();
                    break;
                case LogReadOutcome.Sealed:
                    return (read, missing);
                case var outcome:
                    Assert.Fail($"{outcome} at {reader.Cursor}");
                    break;
            }
        }
    }
}
