using Google.Protobuf;
using Grpc.Core;
using Levity.Protocol;

namespace Levity.Cli.Tests.Server;

/// <summary>A log with the cursors 1, 2, 3 … in its messages.</summary>
internal static class LogScript
{
    public static StreamLogsResponse Stdout(ReadOnlySpan<byte> data, ulong cursor = 0) =>
        Chunk(LogStream.Stdout, data, cursor);

    public static StreamLogsResponse Stderr(ReadOnlySpan<byte> data, ulong cursor = 0) =>
        Chunk(LogStream.Stderr, data, cursor);

    public static StreamLogsResponse Sealed() => new() { Sealed = new LogSealed() };

    public static Func<StreamLogsRequest, IServerStreamWriter<StreamLogsResponse>, ServerCallContext, Task> Of(
        params StreamLogsResponse[] messages) => (request, writer, call) =>
            WriteAsync(messages, from: 0, to: messages.Length, writer, call.CancellationToken);

    public static async Task WriteAsync(
        IReadOnlyList<StreamLogsResponse> messages,
        int from,
        int to,
        IServerStreamWriter<StreamLogsResponse> writer,
        CancellationToken cancellationToken)
    {
        for (var i = from; i < to; i++)
        {
            var message = messages[i].Clone();
            message.Cursor = (ulong)i + 1;
            await writer.WriteAsync(message, cancellationToken);
        }
    }

    private static StreamLogsResponse Chunk(LogStream stream, ReadOnlySpan<byte> data, ulong cursor) =>
        new() { Cursor = cursor, Chunk = new LogChunk { Stream = stream, Data = ByteString.CopyFrom(data) } };
}
