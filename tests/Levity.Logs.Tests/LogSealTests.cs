using Levity.Logs.Format;
using Levity.Logs.Tests.Fixtures;

namespace Levity.Logs.Tests;

public sealed class LogSealTests : IDisposable
{
    private readonly TemporaryDirectory _logs = new();

    public void Dispose() => _logs.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    [InlineData(LogFrameBuffer.MaxPayload)]
    public void The_ending_is_found_from_the_end(int length)
    {
        var ending = new byte[length];
        new Random(1).NextBytes(ending);
        using var writer = LogWriter.Create(_logs["a"]);
        writer.Append(LogStream.Stdout, new byte[100_000]);

        Assert.False(LogSeal.TryRead(_logs["a"], out _));
        Assert.True(writer.Seal(1, ending).Succeeded);

        Assert.True(LogSeal.TryRead(_logs["a"], out var found));
        Assert.Equal(ending, found);
    }

    [Fact]
    public void What_is_not_there_is_not_sealed()
    {
        Assert.False(LogSeal.TryRead(_logs["a"], out _));

        Directory.CreateDirectory(_logs["a"]);
        Assert.False(LogSeal.TryRead(_logs["a"], out _));

        File.WriteAllBytes(Path.Combine(_logs["a"], TestLogs.FirstSegment), new byte[10]);
        Assert.False(LogSeal.TryRead(_logs["a"], out _));
    }

    [Fact]
    public void A_task_cannot_seal_its_own_log()
    {
        // A seal as right as one can make it without the segment's key, as the last thing that the task wrote.
        var forged = new byte[FrameFormat.Overhead + 5];
        "exit0"u8.CopyTo(forged.AsSpan(FrameFormat.HeaderLength));
        FrameFormat.Complete(forged, FrameKind.Seal, 1, key: 0, position: FrameFormat.HeaderLength);
        using var writer = LogWriter.Create(_logs["a"]);
        writer.Append(LogStream.Stdout, forged);
        writer.Dispose();

        // Its writer died before it had written the frame's own trailer.
        var segment = Path.Combine(_logs["a"], TestLogs.FirstSegment);
        File.WriteAllBytes(segment, File.ReadAllBytes(segment)[..^FrameFormat.TrailerLength]);

        Assert.False(LogSeal.TryRead(_logs["a"], out _));
        using var reopened = LogWriter.Reopen(_logs["a"]);
        Assert.False(reopened.IsSealed);
        Assert.Equal(LogCursor.Start, reopened.End);
    }
}
