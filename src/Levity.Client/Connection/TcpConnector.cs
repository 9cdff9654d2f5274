using System.Net;
using System.Net.Sockets;

namespace Levity.Client.Connection;

/// <summary>Opens the TCP connection.</summary>
internal static class TcpConnector
{
    /// <summary>Tries each address that the host has, in the order of the system.</summary>
    /// <exception cref="LevityException">None of them answered.</exception>
    public static async Task<Socket> ConnectAsync(ServerAddress server, CancellationToken cancellationToken)
    {
        SocketException? failure = null;
        foreach (var address in await LookUpAsync(server, cancellationToken))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, server.Port), cancellationToken);
                return socket;
            }
            catch (SocketException e)
            {
                socket.Dispose();
                failure = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw new LevityException(LevityErrorKind.Unreachable, $"cannot connect to {server}: {Reason(failure)}", failure);
    }

    private static async Task<IPAddress[]> LookUpAsync(ServerAddress server, CancellationToken cancellationToken)
    {
        if (server.Literal is { } literal)
        {
            return [literal];
        }

        try
        {
            return await Dns.GetHostAddressesAsync(server.Host, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new LevityException(
                LevityErrorKind.Unreachable, $"cannot connect to {server}: the host {server.Host} is not known", e);
        }
    }

    private static string Reason(SocketException? failure) => failure switch
    {
        null => "the host has no address",
        { SocketErrorCode: SocketError.ConnectionRefused } => "connection refused; is levityd running there?",
        _ => failure.Message,
    };
}
