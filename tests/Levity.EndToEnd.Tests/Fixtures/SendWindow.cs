using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>How much a client may send (RFC 9113, section 6.9), as far as the server has said so.</summary>
internal sealed class SendWindow
{
    // Of a connection at its beginning, and of a stream as this server's SETTINGS say.
    private const int Initial = 65_535;
    private const int InitialOfStream = 256 * 1024;

    private readonly ConcurrentDictionary<int, int> _streams = new();
    private int _connection = Initial;
    private volatile TaskCompletionSource _opened = NewSource();

    public bool TryTake(int stream, int bytes)
    {
        if (Volatile.Read(ref _connection) < bytes || _streams.GetOrAdd(stream, InitialOfStream) < bytes)
        {
            return false;
        }

        Take(stream, bytes);
        return true;
    }

    /// <summary>Waits until there is room; false when there will be none any more.</summary>
    public async Task<bool> TakeAsync(int stream, int bytes, Task end)
    {
        while (!end.IsCompleted)
        {
            var opened = _opened.Task;
            if (TryTake(stream, bytes))
            {
                return true;
            }

            await Task.WhenAny(opened, end);
        }

        return false;
    }

    public void Take(int stream, int bytes)
    {
        Interlocked.Add(ref _connection, -bytes);
        _streams.AddOrUpdate(stream, InitialOfStream - bytes, (_, left) => left - bytes);
    }

    /// <summary>Looks at what the server says.</summary>
    public void Opens(Http2Frame frame)
    {
        if (frame.Type != FrameType.WindowUpdate)
        {
            return;
        }

        var more = BinaryPrimitives.ReadInt32BigEndian(frame.Payload.Span);
        if (frame.Stream == 0)
        {
            Interlocked.Add(ref _connection, more);
        }
        else
        {
            _streams.AddOrUpdate(frame.Stream, InitialOfStream + more, (_, left) => left + more);
        }

        var opened = _opened;
        _opened = NewSource();
        opened.SetResult();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
