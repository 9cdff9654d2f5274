using System.Security.Cryptography;
using Levity.Logs.Format;
using Levity.Logs.Tests.Fixtures;

namespace Levity.Logs.Tests;

/// <summary>Readers beside a writer that is at work.</summary>
public sealed class LogFollowTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(5);

    private readonly TemporaryDirectory _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task Followers_get_every_byte_of_a_log_that_is_being_written()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(Bound);
        var writer = LogWriter.Create(_logs["a"]);

        var followers = Enumerable.Range(0, 3).Select(_ => Task.Run(() => HashToSeal(stop.Token), stop.Token)).ToList();
        var written = await Task.Run(() => WriteMuch(writer, bytes: 48 * 1024 * 1024), stop.Token);

        foreach (var read in await Task.WhenAll(followers))
        {
            Assert.Equal(written, read);
        }
    }

    [Fact]
    public async Task Frames_that_come_in_part_and_are_cut_off_are_no_damage()
    {
        using (var writer = LogWriter.Create(_logs["a"]))
        {
            writer.Append(LogStream.Stdout, "whole");
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var writing = Task.Run(() => WriteAndCut(Path.Combine(_logs["a"], TestLogs.FirstSegment)), stop.Token);
        using var reader = TestLogs.Open(_logs["a"]);
        Assert.Equal(LogReadOutcome.Frame, reader.ReadNext(out _));
        while (!writing.IsCompleted)
        {
            Assert.Equal(LogReadOutcome.AtEnd, reader.ReadNext(out _));
        }

        await writing;
    }

    [Fact]
    public void The_length_of_a_log_costs_a_reader_no_memory()
    {
        var writer = LogWriter.Create(_logs["a"]);
        WriteMuch(writer, bytes: 32 * 1024 * 1024);

        var before = GC.GetAllocatedBytesForCurrentThread();
        using var reader = TestLogs.Open(_logs["a"]);
        while (reader.ReadNext(out _) == LogReadOutcome.Frame)
        {
            // Only the memory is of interest.
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * 1024 * 1024);
    }

    private static byte[] WriteMuch(LogWriter writer, int bytes)
    {
        var random = new Random(7);
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new LogFrameBuffer();
        while (bytes > 0)
        {
            // Mostly small, sometimes as large as can be.
            var size = random.Next(50) == 0 ? LogFrameBuffer.MaxPayload : random.Next(1, 20_000);
            size = Math.Min(bytes, size);
            random.NextBytes(buffer.Payload[..size]);
            hash.AppendData(buffer.Payload[..size]);
            Assert.True(writer.Append(buffer, LogStream.Stdout, size, 0).Succeeded);
            bytes -= size;
        }

        writer.Seal(0, default);
        return hash.GetHashAndReset();
    }

    // What a full disk makes of frames, as often as no disk could.
    private static void WriteAndCut(string segment)
    {
        var random = new Random(11);
        using var file = File.OpenHandle(segment, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        var end = RandomAccess.GetLength(file);
        for (var i = 0; i < 20_000; i++)
        {
            var frame = new byte[random.Next(FrameFormat.Overhead, 20_000)];
            FrameFormat.Complete(frame, FrameKind.Stdout, 0, 0, 0);
            RandomAccess.Write(file, frame.AsSpan(0, random.Next(frame.Length)), end);
            RandomAccess.SetLength(file, end);
        }
    }

    // Never waits, so that it meets as many half-written frames as can be met.
    private byte[] HashToSeal(CancellationToken cancellationToken)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var reader = TestLogs.Open(_logs["a"]);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (reader.ReadNext(out var frame))
            {
                case LogReadOutcome.Frame:
                    hash.AppendData(frame.Payload.Span);
                    break;
                case LogReadOutcome.AtEnd:
                    Thread.Yield();
                    break;
                case LogReadOutcome.Sealed:
                    return hash.GetHashAndReset();
                case var outcome:
                    Assert.Fail($"{outcome} at {reader.Cursor}");
                    break;
            }
        }
    }
}
