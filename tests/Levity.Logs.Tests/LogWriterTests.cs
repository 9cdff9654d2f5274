using Levity.Linux;
using Levity.Logs.Tests.Fixtures;

namespace Levity.Logs.Tests;

public sealed class LogWriterTests : IDisposable
{
    private readonly TemporaryDirectory _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void A_log_is_made_once()
    {
        using var writer = LogWriter.Create(_logs["a"]);
        writer.Append(LogStream.Stdout, "x");

        var exception = Assert.Throws<LinuxException>(() => LogWriter.Create(_logs["a"]));

        Assert.Equal(Errno.EEXIST, exception.Number);
        Assert.Equal("x", TestLogs.ReadAll(_logs["a"])[0].Payload);
    }

    [Fact]
    public void A_released_writer_holds_no_descriptor_and_goes_on()
    {
        using var writer = LogWriter.Create(_logs["a"]);
        writer.Append(LogStream.Stdout, "one");
        Assert.Equal(1, _logs.OpenDescriptors());

        writer.ReleaseFile();
        writer.ReleaseFile();
        Assert.Equal(0, _logs.OpenDescriptors());

        writer.Append(LogStream.Stdout, "two");
        Assert.Equal(1, _logs.OpenDescriptors());
        Assert.Equal(["one", "two", ""], TestLogs.ReadAll(_logs["a"]).Select(entry => entry.Payload));
    }

    [Fact]
    public void A_seal_closes_the_file()
    {
        using var writer = LogWriter.Create(_logs["a"]);
        writer.Seal(1, default);

        Assert.Equal(0, _logs.OpenDescriptors());
        Assert.True(writer.IsSealed);
        Assert.Throws<InvalidOperationException>(() => writer.Append(LogStream.Stdout, "late"));
    }

    [Fact]
    public void Appending_allocates_nothing()
    {
        using var writer = LogWriter.Create(_logs["a"]);
        var buffer = new LogFrameBuffer();
        writer.Append(buffer, LogStream.Stdout, 5000, 0);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            writer.Append(buffer, LogStream.Stdout, 5000, i);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(LogFrameBuffer.MaxPayload + 1)]
    public void A_frame_has_a_size_that_fits(int count)
    {
        using var writer = LogWriter.Create(_logs["a"]);

        Assert.Throws<ArgumentOutOfRangeException>(
            () => writer.Append(new LogFrameBuffer(), LogStream.Stdout, count, 0));
        Assert.Equal(LogCursor.Start, writer.End);
    }

    [Fact]
    public void Only_the_two_streams_are_streams()
    {
        using var writer = LogWriter.Create(_logs["a"]);

        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Append(new LogFrameBuffer(), (LogStream)4, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Append(new LogFrameBuffer(), default, 1, 0));
    }

    [Fact]
    public void Ten_thousand_logs_opened_and_closed_leave_no_descriptor()
    {
        using (var writer = LogWriter.Create(_logs["a"]))
        {
            for (var i = 0; i < 10_000; i++)
            {
                writer.Append(LogStream.Stdout, [1]);
                writer.ReleaseFile();
                using var reader = TestLogs.Open(_logs["a"], i % 2 == 0 ? LogCursor.Start : writer.End);
                reader.ReadNext(out _);
            }

            writer.Seal(0, default);
            Assert.False(LogReader.Open(_logs["a"], new LogCursor(1), out _) == LogOpenOutcome.Opened);
        }

        Assert.True(LogSeal.TryRead(_logs["a"], out _));
        Assert.Equal(0, _logs.OpenDescriptors());
    }
}
