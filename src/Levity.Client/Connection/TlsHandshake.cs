using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Levity.Client.Connection;

/// <summary>Makes TLS of a TCP connection, with both ends proving who they are.</summary>
internal sealed class TlsHandshake
{
    private readonly ConnectionOptions _options;
    private readonly ServerVerification _verification;
    private readonly SslClientAuthenticationOptions _authentication;

    /// <exception cref="LevityException">A file that the options name cannot be used.</exception>
    public TlsHandshake(ConnectionOptions options, TimeProvider time)
    {
        var identity = ClientCertificate.Load(options.CertificateFile, options.KeyFile);
        _options = options;
        _verification = new ServerVerification(options, time);
        Refusal = new Refusal(options, identity.TargetCertificate, time);
        _authentication = new SslClientAuthenticationOptions
        {
            TargetHost = options.Address.Host,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            EnabledSslProtocols = options.UseObsoleteTls ? SslProtocols.Tls12 : SslProtocols.Tls13,
            AllowTlsResume = false,
            ClientCertificateContext = identity,
            CertificateChainPolicy = ServerTrust.Load(options.CaFile),
            RemoteCertificateValidationCallback = _verification.Accept,
        };
    }

    /// <summary>Explains it when the server does not accept us, which may show only after the handshake.</summary>
    public Refusal Refusal { get; }

    /// <exception cref="LevityException">One end does not accept the other; says which, and why.</exception>
    public async Task<ServerStream> RunAsync(Socket socket, CancellationToken cancellationToken)
    {
        var stream = new ServerStream(socket);
        try
        {
            await stream.AuthenticateAsClientAsync(_authentication, cancellationToken);
            return stream.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2
                ? stream
                : throw new LevityException(
                    LevityErrorKind.Refused, $"the server at {_options.Address} does not speak HTTP/2: is it levityd?");
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            await stream.DisposeAsync();
            throw Explain(e);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private LevityException Explain(Exception e)
    {
        if (_verification.Reason is { } reason)
        {
            return new LevityException(
                LevityErrorKind.Refused, $"the server at {_options.Address} is refused: {reason}", e);
        }

        if (TlsAlert.Find(e) is { } alert)
        {
            return new LevityException(LevityErrorKind.Refused, Refusal.Explain(alert), e);
        }

        return e is IOException
            ? new LevityException(
                LevityErrorKind.Unreachable, $"{_options.Address} ended the connection during the TLS handshake", e)
            : new LevityException(
                LevityErrorKind.Refused,
                $"TLS with {_options.Address} failed; is it levityd? ({(e.InnerException ?? e).Message})",
                e);
    }
}
