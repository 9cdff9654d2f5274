using System.Net;
using System.Net.Sockets;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>
/// A network between two ends that can begin to swallow everything, as one does whose cable was pulled: neither end is
/// told. Connections that are made later work.
/// </summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<bool> _clientHungUp = NewSource();
    private readonly TaskCompletionSource<bool> _serverHungUp = NewSource();
    private readonly List<Task> _links = [];
    private readonly Task _accepting;

    // Counted up when what is connected now is to be cut off.
    private volatile int _generation;

    /// <param name="server">HOST:PORT of where everything goes.</param>
    public TcpRelay(string server)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync(IPEndPoint.Parse(server));
    }

    public string Address => $"{_listener.LocalEndPoint}";

    /// <summary>Completes when the client has closed a connection that is swallowed.</summary>
    public Task<bool> ClientHungUp => _clientHungUp.Task;

    /// <summary>The same of the server.</summary>
    public Task<bool> ServerHungUp => _serverHungUp.Task;

    /// <summary>Nothing gets through any more on the connections that there are.</summary>
    public void Swallow() => _generation++;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        await Task.WhenAll(_links);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(IPEndPoint server)
    {
        try
        {
            while (true)
            {
                _links.Add(LinkAsync(await _listener.AcceptAsync(_stop.Token), server));
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed of.
        }
    }

    private async Task LinkAsync(Socket client, IPEndPoint address)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            await server.ConnectAsync(address);
            var generation = _generation;
            await Task.WhenAll(
                PumpAsync(client, server, generation, _clientHungUp), PumpAsync(server, client, generation, _serverHungUp));
        }
    }

    private async Task PumpAsync(Socket from, Socket to, int generation, TaskCompletionSource<bool> hungUp)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
            {
                if (generation == _generation)
                {
                    await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Reset, which is one way to hang up; or closed by us, because the other direction was at its end.
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (generation == _generation)
        {
            to.Close();
        }
        else
        {
            hungUp.TrySetResult(true);
        }
    }

    private static TaskCompletionSource<bool> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
