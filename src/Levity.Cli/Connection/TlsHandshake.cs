using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Levity.Cli.Connection;

/// <summary>Makes TLS of a TCP connection, with both ends proving who they are.</summary>
internal static class TlsHandshake
{
    /// <exception cref="CommandException">One end does not accept the other; says which, and why.</exception>
    public static async Task<ServerStream> RunAsync(
        Socket socket,
        SslClientAuthenticationOptions tls,
        ConnectionOptions options,
        ServerVerification verification,
        Refusal refusal,
        CancellationToken cancellationToken)
    {
        var stream = new ServerStream(socket);
        try
        {
            await stream.AuthenticateAsClientAsync(tls, cancellationToken);
            return stream.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2
                ? stream
                : throw new CommandException($"the server at {options.Address} does not speak HTTP/2: is it levityd?");
        }
        catch (Exception e)
        {
            await stream.DisposeAsync();
            throw e is AuthenticationException or IOException ? Explain(e, options, verification, refusal) : e;
        }
    }

    private static CommandException Explain(
        Exception e, ConnectionOptions options, ServerVerification verification, Refusal refusal)
    {
        if (verification.Reason is { } reason)
        {
            return new CommandException($"the server at {options.Address} is refused: {reason}", e);
        }

        if (TlsAlert.Find(e) is { } alert)
        {
            return new CommandException(refusal.Explain(alert), e);
        }

        return e is IOException
            ? new ServerUnreachableException($"the server at {options.Address} ended the connection during the TLS handshake", e)
            : new CommandException($"TLS with the server at {options.Address} failed: {(e.InnerException ?? e).Message}", e);
    }
}
