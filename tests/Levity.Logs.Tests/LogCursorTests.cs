using Levity.Logs.Tests.Fixtures;

namespace Levity.Logs.Tests;

/// <summary>A reader goes on at a cursor that was given out, and at no other.</summary>
public sealed class LogCursorTests : IDisposable
{
    private readonly TemporaryDirectory _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void Reading_resumes_at_every_cursor_that_was_given_out()
    {
        var writer = NewLog(sealIt: true);
        var all = TestLogs.ReadAll(_logs["a"]);

        var cursors = all.SkipLast(1).Select(entry => entry.Next).Prepend(LogCursor.Start).ToList();

        Assert.Equal(writer.End, cursors[^1]);
        for (var i = 0; i < cursors.Count; i++)
        {
            Assert.Equal(all.Skip(i), TestLogs.ReadAll(_logs["a"], cursors[i]));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_other_number_is_refused(bool sealIt)
    {
        NewLog(sealIt);
        var places = TestLogs.ReadAll(_logs["a"]).Select(entry => entry.Next.Position).Append(0ul).ToHashSet();
        var length = (ulong)new FileInfo(Path.Combine(_logs["a"], TestLogs.FirstSegment)).Length;
        var numbers = Enumerable.Range(0, (int)length + 100).Select(number => (ulong)number)
            .Concat((ulong[])[int.MaxValue, uint.MaxValue, long.MaxValue, 1ul << 63, ulong.MaxValue - 31, ~0ul]);
        foreach (var number in numbers)
        {
            var outcome = LogReader.Open(_logs["a"], new LogCursor(number), out var reader);
            reader?.Dispose();
            Assert.Equal(places.Contains(number) ? LogOpenOutcome.Opened : LogOpenOutcome.InvalidCursor, outcome);
        }
    }

    [Fact]
    public void A_task_that_prints_its_own_log_makes_no_cursor()
    {
        using var writer = LogWriter.Create(_logs["a"]);
        writer.Append(LogStream.Stdout, "something");
        var own = File.ReadAllBytes(Path.Combine(_logs["a"], TestLogs.FirstSegment));
        writer.Append(LogStream.Stdout, own);
        var printed = writer.End;
        writer.Append(LogStream.Stdout, "more");

        for (var number = printed.Position - (ulong)own.Length; number < printed.Position; number++)
        {
            Assert.Equal(LogOpenOutcome.InvalidCursor, LogReader.Open(_logs["a"], new LogCursor(number), out _));
        }
    }

    [Fact]
    public void A_cursor_at_a_torn_end_is_good_while_the_writer_is_away()
    {
        var end = NewLog(sealIt: false).End;
        File.AppendAllBytes(Path.Combine(_logs["a"], TestLogs.FirstSegment), new byte[5]);

        Assert.Equal([LogReadOutcome.AtEnd], TestLogs.ReadAll(_logs["a"], end).Select(entry => entry.Outcome));
    }

    private LogWriter NewLog(bool sealIt)
    {
        using var writer = LogWriter.Create(_logs["a"]);
        writer.Append(LogStream.Stdout, "one");
        writer.Append(LogStream.Stderr, new string('\0', 200));
        writer.Append(LogStream.Stdout, "3");
        writer.Append(LogStream.Stdout, new string('\u0001', 150));
        if (sealIt)
        {
            writer.Seal(9, "the ending"u8);
        }

        return writer;
    }
}
