using System.Security.Cryptography;
using System.Text;
using Levity.Logs.Tests.Fixtures;

namespace Levity.Logs.Tests;

/// <summary>What is written is what is read.</summary>
public sealed class LogRoundTripTests : IDisposable
{
    private readonly TemporaryDirectory _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void Both_streams_come_back_in_the_order_in_which_they_arrived()
    {
        using var writer = LogWriter.Create(_logs["a"]);
        writer.Append(LogStream.Stdout, "one\n", 1_700_000_000_000_000_001);
        writer.Append(LogStream.Stderr, "two\n", 1_700_000_000_000_000_002);
        writer.Append(LogStream.Stdout, "three\n", -3);
        writer.Seal(4, "exit 0"u8);

        var entries = TestLogs.ReadAll(_logs["a"]);

        Assert.Equal(
            [
                (LogReadOutcome.Frame, LogStream.Stdout, 1_700_000_000_000_000_001, "one\n"),
                (LogReadOutcome.Frame, LogStream.Stderr, 1_700_000_000_000_000_002, "two\n"),
                (LogReadOutcome.Frame, LogStream.Stdout, -3, "three\n"),
                (LogReadOutcome.Sealed, default, 4, "exit 0"),
            ],
            entries.Select(entry => (entry.Outcome, entry.Stream, entry.UnixNs, entry.Payload)));
    }

    [Fact]
    public void Every_byte_value_and_every_frame_size_survives()
    {
        var buffer = new LogFrameBuffer();
        var written = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var random = new Random(1);
        using var writer = LogWriter.Create(_logs["a"]);
        foreach (var size in (int[])[1, 2, 7, 8, 9, 3071, 3072, 3073, 65536, 262143, 262144, 0, 16 * 1024, 500, 1])
        {
            var payload = buffer.Payload[..size];
            random.NextBytes(payload);
            written.AppendData(payload);
            Assert.True(writer.Append(buffer, LogStream.Stdout, size, 0).Succeeded);
        }

        var read = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var reader = TestLogs.Open(_logs["a"]);
        while (reader.ReadNext(out var frame) == LogReadOutcome.Frame)
        {
            read.AppendData(frame.Payload.Span);
        }

        Assert.Equal(writer.End, reader.Cursor);
        Assert.Equal(written.GetHashAndReset(), read.GetHashAndReset());
    }

    [Fact]
    public void Nothing_is_appended_for_no_bytes()
    {
        using var writer = LogWriter.Create(_logs["a"]);

        Assert.True(writer.Append(LogStream.Stdout, "").Succeeded);

        Assert.Equal(LogCursor.Start, writer.End);
    }

    [Fact]
    public void A_reader_at_the_end_goes_on_when_the_log_has_grown()
    {
        using var writer = LogWriter.Create(_logs["a"]);
        using var reader = TestLogs.Open(_logs["a"]);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(LogReadOutcome.AtEnd, reader.ReadNext(out _));
            Assert.Equal(LogReadOutcome.AtEnd, reader.ReadNext(out _));
            writer.Append(LogStream.Stdout, $"{i}");

            Assert.Equal(LogReadOutcome.Frame, reader.ReadNext(out var frame));
            Assert.Equal($"{i}", Encoding.Latin1.GetString(frame.Payload.Span));
            Assert.Equal(writer.End, frame.Next);
        }
    }

    [Fact]
    public void A_seal_is_read_as_often_as_one_asks()
    {
        using var writer = LogWriter.Create(_logs["a"]);
        writer.Append(LogStream.Stdout, "x");
        writer.Seal(1, "end"u8);
        using var reader = TestLogs.Open(_logs["a"], writer.End);

        Assert.Equal(LogReadOutcome.Sealed, reader.ReadNext(out var first));
        Assert.Equal(LogReadOutcome.Sealed, reader.ReadNext(out var second));

        Assert.Equal("end"u8, first.Payload.Span);
        Assert.Equal(first.Next, second.Next);
        Assert.Equal(writer.End, reader.Cursor);
    }

    [Fact]
    public void A_log_that_nobody_made_is_no_log()
    {
        Assert.Equal(LogOpenOutcome.NoSuchLog, LogReader.Open(_logs["a"], default, out var reader));
        Assert.Null(reader);

        Directory.CreateDirectory(_logs["a"]);
        Assert.Equal(LogOpenOutcome.NoSuchLog, LogReader.Open(_logs["a"], default, out _));
    }
}
