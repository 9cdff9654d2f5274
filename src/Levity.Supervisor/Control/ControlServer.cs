using System.Net.Sockets;
using Levity.Supervisor.State;

namespace Levity.Supervisor.Control;

/// <summary>
/// The control socket. Each connection has a task of its own that reads requests and hands them to the supervisor's
/// loop; nothing is decided here but who may connect.
/// </summary>
internal sealed class ControlServer(IControlHandler handler, SupervisorLog log) : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <summary>Binds the socket; whoever has the state directory's lock may remove a dead one's leftover.</summary>
    public void Listen(string path)
    {
        File.Delete(path);
        _listener.Bind(new UnixDomainSocketEndPoint(path));

        // The directory is closed to others already; this is for a directory that somebody opens later.
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _listener.Listen(backlog: 16);
    }

    /// <summary>Accepts until disposed.</summary>
    public async Task AcceptAsync()
    {
        var serving = new HashSet<Task>();
        while (true)
        {
            try
            {
                var socket = await _listener.AcceptAsync();
                serving.RemoveWhere(connection => connection.IsCompleted);
                serving.Add(ServeAsync(socket));
            }
            catch (Exception e) when (e is SocketException { SocketErrorCode: SocketError.OperationAborted } or ObjectDisposedException)
            {
                await Task.WhenAll(serving);
                return;
            }
            catch (SocketException e)
            {
                // Out of descriptors, or a peer that left at once: the next one may do better.
                log.Write($"accept: {e.Message}");
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(Socket socket)
    {
        if (!PeerCredentials.IsOurUser(socket))
        {
            log.Write($"a connection from another user was refused");
            socket.Dispose();
            return;
        }

        await using var connection = new ControlConnection(socket);
        try
        {
            await foreach (var request in connection.ReadAllAsync())
            {
                handler.Handle(connection, request);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ObjectDisposedException)
        {
            log.Write($"a control connection ended: {e.Message}");
        }
        finally
        {
            handler.Closed(connection);
        }
    }
}
