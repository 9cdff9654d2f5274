using Levity.Linux;
using Levity.Logs.Tests.Fixtures;

namespace Levity.Logs.Tests;

/// <summary>A log whose writer died, at whatever moment.</summary>
public sealed class LogRepairTests : IDisposable
{
    private const int HeaderLength = 40;

    private readonly TemporaryDirectory _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void Cut_at_any_byte_a_log_gives_its_whole_frames_and_goes_on()
    {
        var (whole, entries) = NewLog();
        for (var length = 0; length <= whole.Length; length++)
        {
            var directory = _logs[$"cut-{length}"];
            TestLogs.Copy(whole[..length], directory);
            var kept = entries.TakeWhile(entry => (int)entry.Next.Position + HeaderLength <= length).ToList();
            var end = kept.Count == 0 ? LogCursor.Start : kept[^1].Next;

            if (length < HeaderLength)
            {
                Assert.Equal(LogOpenOutcome.NoSuchLog, LogReader.Open(directory, default, out _));
            }
            else
            {
                Assert.Equal([.. kept, new Entry(LogReadOutcome.AtEnd)], TestLogs.ReadAll(directory));
            }

            using var writer = LogWriter.Reopen(directory);
            Assert.Equal(Math.Max(0, length - HeaderLength - (int)end.Position), writer.CutBytes);
            Assert.Equal(end, writer.End);
            Assert.False(writer.IsSealed);

            Assert.True(writer.Append(LogStream.Stderr, "after", 7).Succeeded);
            var after = TestLogs.ReadAll(directory, end);
            var gap = after[0].Outcome == LogReadOutcome.Gap ? after[0] : null;
            Assert.Equal(writer.CutBytes > 0, gap is not null);
            Assert.Equal(writer.CutBytes > 0 ? LogGapReason.WriterDied : default, gap?.Reason ?? default);
            Assert.Equal("after", after[^2].Payload);
            Assert.Equal(LogReadOutcome.AtEnd, after[^1].Outcome);
            Assert.Equal(kept, TestLogs.ReadAll(directory).Take(kept.Count));
        }
    }

    [Fact]
    public void A_sealed_log_stays_sealed()
    {
        using (var first = LogWriter.Create(_logs["a"]))
        {
            first.Append(LogStream.Stdout, "x");
            first.Seal(1, "end"u8);
        }

        using var writer = LogWriter.Reopen(_logs["a"]);

        Assert.True(writer.IsSealed);
        Assert.Equal(0, writer.CutBytes);
        Assert.Equal(TestLogs.ReadAll(_logs["a"])[0].Next, writer.End);
        Assert.Throws<InvalidOperationException>(() => writer.Append(LogStream.Stdout, "y"));
        Assert.Throws<InvalidOperationException>(() => writer.Seal(2, default));
    }

    [Fact]
    public void What_follows_a_seal_is_cut_off()
    {
        using (var first = LogWriter.Create(_logs["a"]))
        {
            first.Seal(1, "end"u8);
        }

        File.AppendAllBytes(Path.Combine(_logs["a"], TestLogs.FirstSegment), new byte[123]);
        Assert.False(LogSeal.TryRead(_logs["a"], out _));

        using var writer = LogWriter.Reopen(_logs["a"]);

        Assert.True(writer.IsSealed);
        Assert.Equal(123, writer.CutBytes);
        Assert.True(LogSeal.TryRead(_logs["a"], out _));
    }

    [Fact]
    public void Pages_that_never_reached_the_disk_are_cut_off()
    {
        var (whole, entries) = NewLog();
        var torn = whole[..^30].Concat(new byte[5000]).ToArray();
        TestLogs.Copy(torn, _logs["b"]);

        using var writer = LogWriter.Reopen(_logs["b"]);

        var kept = entries.TakeWhile(entry => (int)entry.Next.Position + HeaderLength <= whole.Length - 30).ToList();
        Assert.Equal(kept[^1].Next, writer.End);
        Assert.Equal([.. kept, new Entry(LogReadOutcome.AtEnd)], TestLogs.ReadAll(_logs["b"]));
    }

    [Fact]
    public void A_directory_without_a_segment_becomes_a_log()
    {
        Directory.CreateDirectory(_logs["a"]);

        using var writer = LogWriter.Reopen(_logs["a"]);
        writer.Append(LogStream.Stdout, "x");

        Assert.Equal("x", TestLogs.ReadAll(_logs["a"])[0].Payload);
    }

    [Fact]
    public void What_is_not_there_cannot_be_reopened()
    {
        var exception = Assert.Throws<LinuxException>(() => LogWriter.Reopen(_logs["a"]));
        Assert.Equal(Errno.ENOENT, exception.Number);
    }

    private (byte[] Whole, List<Entry> Entries) NewLog()
    {
        using var writer = LogWriter.Create(_logs["whole"]);
        writer.Append(LogStream.Stdout, "one", 1);
        writer.Append(LogStream.Stderr, new string('\0', 60), 2);
        writer.Append(LogStream.Stdout, "3", 3);
        writer.Append(LogStream.Stdout, new string('\u00FF', 300), 4);
        var entries = TestLogs.ReadAll(_logs["whole"]);
        return (File.ReadAllBytes(Path.Combine(_logs["whole"], TestLogs.FirstSegment)), entries[..^1]);
    }
}
