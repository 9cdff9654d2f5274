using System.Net;
using System.Net.Sockets;

namespace Levity.Daemon.Tests.Security;

/// <summary>A web server that says nothing and counts who calls.</summary>
internal sealed class CountingListener : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _accepting;
    private int _connections;

    public CountingListener()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Uri => $"http://{_listener.LocalEndpoint}/ca.crt";

    public int Connections => Volatile.Read(ref _connections);

    public void Dispose()
    {
        _listener.Dispose();
        _accepting.GetAwaiter().GetResult();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var caller = await _listener.AcceptSocketAsync();
                Interlocked.Increment(ref _connections);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The listener was closed: while it accepted, or between two calls of this loop.
        }
    }
}
