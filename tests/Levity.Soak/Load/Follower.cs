using System.Buffers;
using Grpc.Core;
using Levity.Protocol;

namespace Levity.Soak.Load;

/// <summary>
/// Follows one task's log to its end, and goes on from its cursor when the server is gone in between. What it has
/// received is compared with the log as it is in the end: any byte lost, doubled or changed shows.
/// </summary>
internal sealed class Follower(Arena arena, Entry entry)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly ArrayBufferWriter<byte> _stdout = new();
    private readonly ArrayBufferWriter<byte> _stderr = new();
    private ulong _cursor;
    private bool _sealed;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!_sealed)
        {
            try
            {
                await ReadAsync(cancellationToken);
            }
            catch (RpcException e) when (e.IsNoAnswer() && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
        }
    }

    /// <summary>Compares with what a reader is given who comes afterwards.</summary>
    public void Check(FetchLogsResponse log)
    {
        Check("stdout", _stdout, log.Stdout.Span);
        Check("stderr", _stderr, log.Stderr.Span);
    }

    private void Check(string stream, ArrayBufferWriter<byte> seen, ReadOnlySpan<byte> kept)
    {
        arena.Tally.Compared(kept.Length);
        if (!seen.WrittenSpan.SequenceEqual(kept))
        {
            arena.Tally.Violation(
                "I4", $"{entry.Errand}, {entry.Id}: a follower got {seen.WrittenCount} bytes of {stream}, the log has {kept.Length}");
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var request = new StreamLogsRequest
        {
            TaskId = new TaskHandle { Id = entry.Id },
            Cursor = _cursor,
            Follow = true,
        };
        using var call = arena.Alice.Stream(request);
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            var message = call.ResponseStream.Current;
            if (message.Chunk is { } chunk)
            {
                (chunk.Stream == LogStream.Stdout ? _stdout : _stderr).Write(chunk.Data.Span);
            }

            _cursor = message.Cursor;
            _sealed = message.EventCase == StreamLogsResponse.EventOneofCase.Sealed;
        }
    }
}
