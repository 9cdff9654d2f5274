using System.Net.Sockets;
using System.Runtime.InteropServices;
using Levity.Linux;
using Levity.Supervisor.State;

namespace Levity.Supervisor.Control;

/// <summary>
/// The control socket. Each connection has a task of its own that reads requests and hands them to the supervisor's
/// loop; nothing is decided here but who may connect.
/// </summary>
internal sealed class ControlServer(SupervisorLog log) : IDisposable
{
    private Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public SafeHandle Listener => _listener.SafeHandle;

    /// <summary>Binds the socket; whoever has the state directory's lock may remove a dead one's leftover.</summary>
    public void Listen(string path)
    {
        File.Delete(path);

        // The directory is closed to others already; this is for a directory that somebody opens later. A socket has its
        // mode from the umask alone, and nothing else is made at this time.
        var umask = ProcessUmask.Set(0b001_111_111);
        try
        {
            _listener.Bind(new UnixDomainSocketEndPoint(path));
        }
        finally
        {
            ProcessUmask.Set(umask);
        }

        _listener.Listen(backlog: 16);
    }

    /// <summary>Goes on with a socket that another program of this process has bound. Whoever connected meanwhile is
    /// in its queue.</summary>
    public void Resume(int listener)
    {
        _listener.Dispose();
        _listener = new Socket(InheritedDescriptor.Take<SafeSocketHandle>(listener));
    }

    /// <summary>Goes on with a connection that another program of this process has accepted.</summary>
    public ControlConnection ResumeConnection(int number, IControlHandler handler)
    {
        var connection = new ControlConnection(new Socket(InheritedDescriptor.Take<SafeSocketHandle>(number)));
        _ = ServeAsync(connection, handler);
        return connection;
    }

    /// <summary>Accepts until disposed.</summary>
    public async Task AcceptAsync(IControlHandler handler)
    {
        while (true)
        {
            try
            {
                var socket = await _listener.AcceptAsync();
                if (PeerCredentials.IsOurUser(socket))
                {
                    _ = ServeAsync(new ControlConnection(socket), handler);
                }
                else
                {
                    log.Write($"a connection from another user was refused");
                    socket.Dispose();
                }
            }
            catch (Exception e) when (e is SocketException { SocketErrorCode: SocketError.OperationAborted } or ObjectDisposedException)
            {
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

    private async Task ServeAsync(ControlConnection connection, IControlHandler handler)
    {
        await using var closed = connection;
        try
        {
            await foreach (var request in connection.ReadAllAsync())
            {
                handler.Handle(connection, request);
            }
        }
        catch (OperationCanceledException)
        {
            // Closed by us.
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
