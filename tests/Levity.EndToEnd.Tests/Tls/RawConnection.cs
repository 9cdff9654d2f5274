using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Tls;

/// <summary>TLS to the server with nothing on top, so that a test sees what is refused, and when.</summary>
internal static class RawConnection
{
    // RFC 9113, section 3.4, and an empty SETTINGS frame: what an HTTP/2 client begins with.
    public static readonly byte[] Greeting = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];

    /// <summary>
    /// Connects and says what an HTTP/2 client says first. In TLS 1.3 a client is through with its handshake before the
    /// server has looked at its certificate: only an answer proves that it is let in.
    /// </summary>
    /// <returns>The protocol that was agreed on; null when the server does not talk to us.</returns>
    /// <exception cref="AuthenticationException">The handshake failed; within is the server's alert.</exception>
    public static async Task<SslApplicationProtocol?> GreetAsync(
        LevityServer server,
        Identity? user,
        SslProtocols version = SslProtocols.Tls13,
        params List<SslApplicationProtocol> offered)
    {
        var options = TestClient.Options(server.Certificates.ServerCa, user);
        options.TargetHost = "localhost";
        options.EnabledSslProtocols = version;
        options.ApplicationProtocols = offered;

        var token = TestContext.Current.CancellationToken;
        await using var tls = await ConnectAsync(server);
        await tls.AuthenticateAsClientAsync(options, token);
        try
        {
            await tls.WriteAsync(Greeting, token);
            var answered = await Eventually.CompletesAsync(
                tls.ReadAsync(new byte[9], token).AsTask(), "an answer, or the connection's end");
            return answered > 0 ? tls.NegotiatedApplicationProtocol : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>A connection on which nothing is asked for.</summary>
    public static async Task<SslStream> OpenAsync(LevityServer server, Identity user)
    {
        var options = TestClient.Options(server.Certificates.ServerCa, user);
        options.TargetHost = "localhost";
        options.ApplicationProtocols = [SslApplicationProtocol.Http2];
        var token = TestContext.Current.CancellationToken;
        var tls = await ConnectAsync(server);
        await tls.AuthenticateAsClientAsync(options, token);
        await tls.WriteAsync(Greeting, token);
        await Eventually.CompletesAsync(tls.ReadAsync(new byte[9], token).AsTask(), "an answer");
        return tls;
    }

    /// <summary>Waits until the server has closed the connection.</summary>
    public static async Task EndAsync(SslStream connection)
    {
        try
        {
            while (await Eventually.CompletesAsync(
                connection.ReadAsync(new byte[1024], TestContext.Current.CancellationToken).AsTask(), "the connection's end") > 0)
            {
                // What it says before: GOAWAY.
            }
        }
        catch (IOException)
        {
            // Not politely, but closed.
        }
    }

    private static async Task<SslStream> ConnectAsync(LevityServer server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPEndPoint.Parse(server.Address), TestContext.Current.CancellationToken);
            return new SslStream(new NetworkStream(socket, ownsSocket: true));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
