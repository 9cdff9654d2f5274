using Google.Protobuf;
using Levity.Protocol;

namespace Levity.Client.Calls;

/// <summary>
/// What was written to a task and is not acknowledged yet: it is sent again on the next connection. Bounded by its number
/// of chunks.
/// </summary>
#pragma warning disable CA1001 // Nobody waits for a handle of the two, so there is nothing to dispose of, and somebody may still write.
internal sealed class PendingInput
#pragma warning restore CA1001
{
    private const int MostChunks = 8;

    private readonly SemaphoreSlim _room = new(MostChunks);
    private readonly SemaphoreSlim _work = new(0);

    // Guards the rest.
    private readonly Lock _gate = new();
    private readonly List<InputChunk> _chunks = [];
    private TerminalSize? _size;
    private ulong _written;
    private int _sent;
    private bool _isSizeSent = true;
    private bool _isClosed;

    /// <summary>Adds a chunk once there is room for it, or nothing when the task takes no more.</summary>
    public async Task AddAsync(ReadOnlyMemory<byte> data, bool end, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        lock (_gate)
        {
            if (_isClosed)
            {
                _room.Release();
                return;
            }

            _chunks.Add(new InputChunk { Offset = _written, Data = ByteString.CopyFrom(data.Span), End = end });
            _written += (ulong)data.Length;
        }

        _work.Release();
    }

    public void Resize(int rows, int columns)
    {
        lock (_gate)
        {
            _size = new TerminalSize { Rows = (uint)rows, Columns = (uint)columns };
            _isSizeSent = false;
        }

        _work.Release();
    }

    /// <summary>Begins again with all that is not acknowledged: the last connection may have lost it.</summary>
    /// <returns>The size of the terminal, which goes into the first message.</returns>
    public TerminalSize? Restart()
    {
        lock (_gate)
        {
            _sent = 0;
            _isSizeSent = true;

            // What waited for the last connection is found without.
            _work.Release();
            return _size;
        }
    }

    /// <summary>Waits for the next message to be sent.</summary>
    public async Task<AttachTaskRequest> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryTake() is { } message)
            {
                return message;
            }

            await _work.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The task has so many bytes.</summary>
    public void Acknowledge(ulong taken)
    {
        lock (_gate)
        {
            // The end is acknowledged by being told that it is closed.
            var through = _chunks.TakeWhile(chunk => !chunk.End && chunk.Offset + (ulong)chunk.Data.Length <= taken).Count();
            Drop(through);
        }
    }

    /// <summary>The task takes no more: nobody waits, and nothing is kept.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Drop(_chunks.Count);
        }
    }

    private void Drop(int count)
    {
        _chunks.RemoveRange(0, count);
        _sent = Math.Max(0, _sent - count);
        if (count > 0)
        {
            _room.Release(count);
        }
    }

    private AttachTaskRequest? TryTake()
    {
        lock (_gate)
        {
            if (!_isSizeSent)
            {
                _isSizeSent = true;
                return new AttachTaskRequest { Size = _size };
            }

            return _sent < _chunks.Count ? new AttachTaskRequest { Input = _chunks[_sent++] } : null;
        }
    }
}
