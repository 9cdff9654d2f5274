using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Levity.Daemon.Security;

namespace Levity.Daemon.Tests.Security;

/// <summary>A TLS handshake between a client with some certificate and a server with levityd's policy.</summary>
internal static class Handshake
{
    /// <summary>Returns when the server has accepted the client, and throws when it has not.</summary>
    public static async Task AcceptAsync(
        ClientCertificatePolicy policy, X509Certificate2? leaf, IEnumerable<X509Certificate2> intermediates)
    {
        using var serverCertificate = TestCertificates.SelfSigned(
            new() { Subject = new("CN=server"), Usages = [TestCertificates.ServerAuthentication] });
        var (clientSocket, serverSocket) = await ConnectAsync();
        await using var client = new SslStream(new NetworkStream(clientSocket, ownsSocket: true));
        await using var server = new SslStream(new NetworkStream(serverSocket, ownsSocket: true));

        var connecting = client.AuthenticateAsClientAsync(
            ClientOptions(serverCertificate, leaf, intermediates), TestContext.Current.CancellationToken);
        try
        {
            await Soon.Async(server.AuthenticateAsServerAsync(
                ServerOptions(policy, serverCertificate), TestContext.Current.CancellationToken));
        }
        finally
        {
            // In TLS 1.3 the client is done first, and hears of a refusal later or never.
            serverSocket.Shutdown(SocketShutdown.Both);
            await Soon.Async(connecting.ContinueWith(_ => { }, TaskScheduler.Default));
        }
    }

    private static SslServerAuthenticationOptions ServerOptions(
        ClientCertificatePolicy policy, X509Certificate2 certificate) => new()
        {
            ServerCertificate = certificate,
            EnabledSslProtocols = SslProtocols.Tls13,
            ClientCertificateRequired = true,
            CertificateChainPolicy = policy.CreateChainPolicy(),
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = (_, given, _, errors) =>
                given is X509Certificate2 client && ClientCertificatePolicy.IsAcceptable(client, errors),
        };

    private static SslClientAuthenticationOptions ClientOptions(
        X509Certificate2 expected, X509Certificate2? leaf, IEnumerable<X509Certificate2> intermediates) => new()
        {
            TargetHost = "server",
            RemoteCertificateValidationCallback = (_, given, _, _) => given!.GetCertHashString() == expected.Thumbprint,
            ClientCertificateContext = leaf is null
                ? null
                : SslStreamCertificateContext.Create(leaf, [.. intermediates], offline: true),
        };

    private static async Task<(Socket One, Socket Other)> ConnectAsync()
    {
        var address = new UnixDomainSocketEndPoint($"\0levity-{Guid.NewGuid()}");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(address);
        listener.Listen();
        var one = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await one.ConnectAsync(address, TestContext.Current.CancellationToken);
        return (one, await listener.AcceptAsync(TestContext.Current.CancellationToken));
    }
}
