using Levity.Logs.Format;
using Levity.Logs.Tests.Fixtures;

namespace Levity.Logs.Tests;

/// <summary>The last lines of a log are found from its end, as tail(1) finds them.</summary>
public sealed class LogLinesTests : IDisposable
{
    private readonly TemporaryDirectory _logs = new();

    public void Dispose() => _logs.Dispose();

    [Theory]
    [InlineData("a\nb\nc\n", 0, "")]
    [InlineData("a\nb\nc\n", 1, "c\n")]
    [InlineData("a\nb\nc\n", 2, "b\nc\n")]
    [InlineData("a\nb\nc\n", 3, "a\nb\nc\n")]
    [InlineData("a\nb\nc\n", 100, "a\nb\nc\n")]
    [InlineData("a\nb\nc", 1, "c")]
    [InlineData("a\nb\nc", 2, "b\nc")]
    [InlineData("a\n\n\n", 1, "\n")]
    [InlineData("a\n\n\n", 2, "\n\n")]
    [InlineData("\n", 1, "\n")]
    [InlineData("no newline", 1, "no newline")]
    public void Lines_are_counted_as_tail_does(string text, ulong lines, string expected)
    {
        // In one frame, in frames of one byte, and with a segment for each of those.
        foreach (var (name, pieces, quota) in (ReadOnlySpan<(string, string[], LogQuota)>)
            [
                ("one", [text], LogQuota.None),
                ("bytes", [.. text.Select(c => $"{c}")], LogQuota.None),
                ("segments", [.. text.Select(c => $"{c}")], new LogQuota(1600)),
            ])
        {
            using var writer = LogWriter.Create(_logs[name], quota);
            foreach (var piece in pieces)
            {
                writer.Append(LogStream.Stdout, piece);
            }

            Assert.Equal(expected, LastLines(name, lines));
            writer.Seal(1, "end"u8);
            Assert.Equal(expected, LastLines(name, lines));
        }
    }

    [Fact]
    public void Only_what_is_asked_for_counts()
    {
        using var writer = LogWriter.Create(_logs["a"]);
        writer.Append(LogStream.Stdout, "1\n2", unixNs: 10);
        writer.Append(LogStream.Stderr, "e\ne\n", unixNs: 20);
        writer.Append(LogStream.Stdout, "2\n", unixNs: 30);
        writer.Append(LogStream.Stdout, "late\n", unixNs: 40);

        Assert.Equal("22\n", LastLines("a", 1, (stream, unixNs) => stream == LogStream.Stdout && unixNs < 40));
        Assert.Equal("e\n", LastLines("a", 1, (stream, _) => stream == LogStream.Stderr));
        Assert.Equal("", LastLines("a", 1, (_, _) => false));
    }

    [Fact]
    public void Only_the_first_frame_is_begun_within()
    {
        using var writer = LogWriter.Create(_logs["a"]);
        writer.Append(LogStream.Stdout, "1\n2\n3\n");
        writer.Append(LogStream.Stdout, "4\n5\n");

        LogReader.OpenAtLines(_logs["a"], 3, (_, _) => true, out var reader);
        using (reader)
        {
            Assert.True(reader!.BeginsWithinFrame);
            Assert.Equal(["3\n", "4\n5\n", ""], TestLogs.ReadAll(reader).Select(entry => entry.Payload));
        }

        LogReader.OpenAtLines(_logs["a"], 2, (_, _) => true, out reader);
        using (reader)
        {
            Assert.False(reader!.BeginsWithinFrame);
            Assert.Equal(["4\n5\n", ""], TestLogs.ReadAll(reader).Select(entry => entry.Payload));
        }
    }

    [Fact]
    public void Nothing_is_wanted_from_the_end_but_what_comes_later()
    {
        using var writer = LogWriter.Create(_logs["a"]);
        writer.Append(LogStream.Stdout, "before\n");
        LogReader.OpenAtLines(_logs["a"], 0, (_, _) => true, out var reader);
        using (reader)
        {
            Assert.Equal(writer.End, reader!.Cursor);
            writer.Append(LogStream.Stdout, "after\n");
            Assert.Equal(["after\n", ""], TestLogs.ReadAll(reader).Select(entry => entry.Payload));
        }
    }

    [Fact]
    public void A_torn_end_is_passed_over()
    {
        using var writer = LogWriter.Create(_logs["a"]);
        writer.Append(LogStream.Stdout, "1\n2\n");
        File.AppendAllBytes(Path.Combine(_logs["a"], TestLogs.FirstSegment), new byte[100]);

        Assert.Equal("2\n", LastLines("a", 1));
    }

    [Fact]
    public void What_was_dropped_is_told_when_there_are_not_enough_lines()
    {
        using var writer = LogWriter.Create(_logs["a"], new LogQuota(1000));
        for (var i = 0; i < 100; i++)
        {
            writer.Append(LogStream.Stdout, $"{i,9}\n");
        }

        LogReader.OpenAtLines(_logs["a"], 1000, (_, _) => true, out var reader);
        using (reader)
        {
            var read = TestLogs.ReadAll(reader!);
            Assert.Equal(LogReadOutcome.Gap, read[0].Outcome);
            Assert.Equal(100ul * 10, read[0].Missing + (10 * (ulong)(read.Count - 2)));
        }
    }

    [Fact]
    public void A_log_that_is_not_there_has_no_lines()
    {
        Assert.Equal((LogCursor.Start, 0), LogLines.FindLast(_logs["a"], 3, (_, _) => true));
        Assert.Equal(LogOpenOutcome.NoSuchLog, LogReader.OpenAtLines(_logs["a"], 3, (_, _) => true, out _));
    }

    [Fact]
    public void A_damaged_frame_on_the_way_is_told()
    {
        using var writer = LogWriter.Create(_logs["a"]);
        writer.Append(LogStream.Stdout, "first");
        writer.Append(LogStream.Stdout, "second");
        var segment = Path.Combine(_logs["a"], TestLogs.FirstSegment);
        var bytes = File.ReadAllBytes(segment);
        bytes[SegmentHeader.Length + FrameFormat.HeaderLength] ^= 1;
        File.WriteAllBytes(segment, bytes);

        Assert.Throws<InvalidDataException>(() => LogLines.FindLast(_logs["a"], 3, (_, _) => true));
    }

    private string LastLines(string log, ulong lines, Func<LogStream, long, bool>? counts = null)
    {
        counts ??= (_, _) => true;
        Assert.Equal(LogOpenOutcome.Opened, LogReader.OpenAtLines(_logs[log], lines, counts, out var reader));
        using (reader)
        {
            return string.Concat(TestLogs.ReadAll(reader!)
                .Where(entry => entry.Outcome == LogReadOutcome.Frame && counts(entry.Stream, entry.UnixNs))
                .Select(entry => entry.Payload));
        }
    }
}
