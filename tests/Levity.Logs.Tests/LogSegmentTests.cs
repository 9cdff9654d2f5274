using System.Text;
using Levity.Logs.Format;
using Levity.Logs.Tests.Fixtures;

namespace Levity.Logs.Tests;

/// <summary>Logs of several segments, of which the oldest may be gone.</summary>
public sealed class LogSegmentTests : IDisposable
{
    private readonly TemporaryDirectory _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void Segments_are_read_as_one_log()
    {
        var (second, third) = NewLog();

        var entries = TestLogs.ReadAll(_logs["a"]);

        Assert.Equal(["one", "two", "three", "four", "end"], entries.Select(entry => entry.Payload));
        Assert.Equal(LogReadOutcome.Sealed, entries[^1].Outcome);
        Assert.Equal(second.Position, entries[1].Next.Position);
        Assert.Equal(third.Position, entries[2].Next.Position);
        for (var i = 0; i < entries.Count - 1; i++)
        {
            Assert.Equal(entries.Skip(i + 1), TestLogs.ReadAll(_logs["a"], entries[i].Next));
        }
    }

    [Fact]
    public void Every_number_that_was_not_given_out_is_refused()
    {
        NewLog();
        var places = TestLogs.ReadAll(_logs["a"]).Select(entry => entry.Next.Position).Append(0ul).ToHashSet();

        for (var number = 0ul; number < places.Max() + 100; number++)
        {
            var outcome = LogReader.Open(_logs["a"], new LogCursor(number), out var reader);
            reader?.Dispose();
            Assert.Equal(places.Contains(number) ? LogOpenOutcome.Opened : LogOpenOutcome.InvalidCursor, outcome);
        }
    }

    [Fact]
    public void A_dropped_first_segment_is_a_gap()
    {
        var (second, _) = NewLog();
        var all = TestLogs.ReadAll(_logs["a"]);
        File.Delete(Path.Combine(_logs["a"], TestLogs.FirstSegment));

        var fromStart = TestLogs.ReadAll(_logs["a"]);
        var fromWithin = TestLogs.ReadAll(_logs["a"], all[0].Next);

        Assert.Equal((LogReadOutcome.Gap, 6ul), (fromStart[0].Outcome, fromStart[0].Missing));
        Assert.Equal((LogGapReason.Removed, second.Position), (fromStart[0].Reason, fromStart[0].Next.Position));

        // What came before the cursor is gone, and with it the number.
        Assert.Equal((LogReadOutcome.Gap, 0ul), (fromWithin[0].Outcome, fromWithin[0].Missing));
        Assert.Equal(all.Skip(2), fromStart.Skip(1));
        Assert.Equal(all.Skip(2), fromWithin.Skip(1));

        // All that was dropped had been read: nothing is missing.
        Assert.Equal(all.Skip(2), TestLogs.ReadAll(_logs["a"], all[1].Next));
    }

    [Fact]
    public void A_reader_in_a_segment_that_is_dropped_finishes_it()
    {
        var (second, third) = NewLog();
        using var reader = TestLogs.Open(_logs["a"]);
        reader.ReadNext(out _);
        File.Delete(Path.Combine(_logs["a"], TestLogs.FirstSegment));
        File.Delete(Path.Combine(_logs["a"], SegmentName.Of(second.Position)));

        var rest = TestLogs.ReadAll(reader);

        Assert.Equal(["two", "", "four", "end"], rest.Select(entry => entry.Payload));
        Assert.Equal((LogReadOutcome.Gap, 5ul), (rest[1].Outcome, rest[1].Missing));
    }

    [Fact]
    public void A_reader_waits_at_the_turn_for_the_next_segment()
    {
        var second = TestLogs.WriteSegment(_logs["a"], default, 1, Frame(FrameKind.Stdout, "one"), Frame(FrameKind.Turn));
        using var reader = TestLogs.Open(_logs["a"]);
        Assert.Equal(LogReadOutcome.Frame, reader.ReadNext(out _));
        Assert.Equal(LogReadOutcome.AtEnd, reader.ReadNext(out _));

        // Its header is still being written.
        var name = Path.Combine(_logs["a"], SegmentName.Of(second.Position));
        File.WriteAllBytes(name, [0x89]);
        Assert.Equal(LogReadOutcome.AtEnd, reader.ReadNext(out _));
        var resumed = TestLogs.ReadAll(_logs["a"], new LogCursor(second.Position));
        Assert.Equal([LogReadOutcome.AtEnd], resumed.Select(entry => entry.Outcome));

        TestLogs.WriteSegment(_logs["a"], second, 2, Frame(FrameKind.Stderr, "two"));
        Assert.Equal(["two", ""], TestLogs.ReadAll(reader).Select(entry => entry.Payload));
    }

    [Fact]
    public void A_damaged_next_segment_is_noticed_at_the_turn()
    {
        var (second, _) = NewLog();
        File.WriteAllBytes(Path.Combine(_logs["a"], SegmentName.Of(second.Position)), [.. Enumerable.Repeat((byte)1, 100)]);

        Assert.Equal(
            [LogReadOutcome.Frame, LogReadOutcome.Frame, LogReadOutcome.Corrupt],
            TestLogs.ReadAll(_logs["a"]).Select(entry => entry.Outcome));
    }

    [Fact]
    public void A_writer_goes_on_in_the_last_segment()
    {
        var second = TestLogs.WriteSegment(_logs["a"], default, 1, Frame(FrameKind.Stdout, "one"), Frame(FrameKind.Turn));
        TestLogs.WriteSegment(_logs["a"], second, 2, Frame(FrameKind.Stdout, "two"));

        using (var writer = LogWriter.Reopen(_logs["a"]))
        {
            writer.ReleaseFile();
            writer.Append(LogStream.Stdout, "three");
            writer.Seal(1, "end"u8);
        }

        Assert.Equal(["one", "two", "three", "end"], TestLogs.ReadAll(_logs["a"]).Select(entry => entry.Payload));
        Assert.True(LogSeal.TryRead(_logs["a"], out var ending));
        Assert.Equal("end"u8, ending);
    }

    [Fact]
    public void A_writer_that_died_between_two_segments_makes_the_second()
    {
        var second = TestLogs.WriteSegment(_logs["a"], default, 1, Frame(FrameKind.Stdout, "one"), Frame(FrameKind.Turn));

        using var writer = LogWriter.Reopen(_logs["a"]);
        writer.Append(LogStream.Stdout, "two");

        Assert.True(File.Exists(Path.Combine(_logs["a"], SegmentName.Of(second.Position))));
        Assert.Equal(["one", "two", ""], TestLogs.ReadAll(_logs["a"]).Select(entry => entry.Payload));
    }

    private static (FrameKind Kind, long UnixNs, byte[] Payload) Frame(FrameKind kind, string text = "") =>
        (kind, 0, Encoding.Latin1.GetBytes(text));

    private ((ulong Position, ulong OutputBytes) Second, (ulong Position, ulong OutputBytes) Third) NewLog()
    {
        var second = TestLogs.WriteSegment(
            _logs["a"], default, 11, Frame(FrameKind.Stdout, "one"), Frame(FrameKind.Stderr, "two"), Frame(FrameKind.Turn));
        var third = TestLogs.WriteSegment(
            _logs["a"], second, 22, Frame(FrameKind.Stdout, "three"), Frame(FrameKind.Turn));
        TestLogs.WriteSegment(
            _logs["a"], third, 33, Frame(FrameKind.Stdout, "four"), Frame(FrameKind.Seal, "end"));
        return (second, third);
    }
}
