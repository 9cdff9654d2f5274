using System.Text;
using Levity.Logs;

namespace Levity.Daemon.Tests.LogStreaming;

/// <summary>The log of one task, written as the supervisor writes it.</summary>
internal sealed class TestLog : IDisposable
{
    private const long DefaultTime = 1_000_000_001;

    private readonly LogFrameBuffer _buffer = new();
    private readonly LogWriter _writer;

    public TestLog(string logs, string taskId) => _writer = LogWriter.Create(Path.Combine(logs, taskId));

    public ulong End => _writer.End.Position;

    public TestLog Write(string text, LogStream stream = LogStream.Stdout, long unixNs = DefaultTime) =>
        Write(Encoding.UTF8.GetBytes(text), stream, unixNs);

    public TestLog Write(
        ReadOnlySpan<byte> bytes, LogStream stream = LogStream.Stdout, long unixNs = DefaultTime)
    {
        bytes.CopyTo(_buffer.Payload);
        Assert.True(_writer.Append(_buffer, stream, bytes.Length, unixNs).Succeeded);
        return this;
    }

    public TestLog Seal()
    {
        Assert.True(_writer.Seal(unixNs: 2_000_000_000, "the end"u8).Succeeded);
        return this;
    }

    public void Dispose() => _writer.Dispose();
}
