using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Levity.Daemon.Security;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Levity.Daemon.Hosting;

/// <summary>The one door: HTTP/2 over TLS 1.3 with a client certificate, and nothing else.</summary>
internal sealed class KestrelSetup(
    IPEndPoint address,
    X509Certificate2 certificate,
    SslStreamCertificateContext context,
    ClientCertificatePolicy clients)
{
    // Together they find a dead peer within 35 seconds; Kestrel has pings off by default.
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(20);

    private const int MostConnections = 5_000;

    /// <summary>Reads the files that it takes. Throws <see cref="InvalidCertificateException"/>.</summary>
    public static KestrelSetup Read(DaemonOptions options)
    {
        var clients = new ClientCertificatePolicy(ServerCertificate.ReadAll(options.ClientCaFile));
        var (certificate, context) = ServerCertificate.Read(options.CertificateFile, options.KeyFile);
        return new KestrelSetup(options.Address, certificate, context, clients);
    }

    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MostConnections;
        kestrel.Limits.Http2.KeepAlivePingDelay = PingAfter;
        kestrel.Limits.Http2.KeepAlivePingTimeout = PingTimeout;

        // A follower of a silent task reads and writes nothing for days; pings tell whether it is there.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;

        kestrel.Listen(address, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = certificate,
                SslProtocols = SslProtocols.Tls13,
                ClientCertificateMode = ClientCertificateMode.RequireCertificate,
                ClientCertificateValidation = (client, _, errors) => ClientCertificatePolicy.IsAcceptable(client, errors),
                OnAuthenticate = (_, tls) => Authenticate(tls),
            });
        });
    }

    private void Authenticate(SslServerAuthenticationOptions tls)
    {
        tls.ServerCertificate = null;
        tls.ServerCertificateContext = context;
        tls.CertificateChainPolicy = clients.CreateChainPolicy();

        // A resumed TLS 1.3 session brings an identity without a new proof of the key (CVE-2025-23419 and its like).
        tls.AllowTlsResume = false;
        tls.AllowRenegotiation = false;
    }
}
