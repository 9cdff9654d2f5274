using System.Net.Sockets;
using System.Runtime.InteropServices;
using Levity.Protocol.Supervisor;

namespace Levity.Supervisor.Control;

/// <summary>One peer on the control socket.</summary>
internal sealed class ControlConnection(Socket socket) : IAsyncDisposable
{
    private readonly MessageConnection<Request, Reply> _messages = new(socket);
    private readonly CancellationTokenSource _closing = new();

    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SafeHandle Descriptor => socket.SafeHandle;

    /// <summary>Completes when the connection is closed, and the peer has what was posted or does not read.</summary>
    public Task Closed => _closed.Task;

    public IAsyncEnumerable<Request> ReadAllAsync() => _messages.ReadAllAsync(_closing.Token);

    /// <summary>
    /// Answers a request, or tells an event when the id is 0. From any thread; lost when the peer is gone.
    /// </summary>
    public void Post(Reply reply) => _messages.Post(reply);

    /// <summary>Ends the connection from this side, after what was posted.</summary>
    public void Close() => _closing.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _messages.DisposeAsync();
        _closing.Dispose();
        _closed.TrySetResult();
    }
}
