using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Levity.Daemon.Audit;
using Levity.Daemon.Security.Admission;
using Levity.Daemon.Security.Trust;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Levity.Daemon.Hosting;

/// <summary>The one door: HTTP/2 over TLS 1.3 with a client certificate, and nothing else.</summary>
internal sealed class KestrelSetup(
    IPEndPoint address,
    TrustStore trust,
    ClientConnections connections,
    Gate gate,
    HandshakeAudit handshakes,
    TimeSpan handshakeTimeout)
{
    // Together they find a dead peer within 35 seconds; Kestrel has pings off by default.
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(20);

    // A connection on which nothing is asked for, and one in the midst of its header fields.
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    // All of gRPC's own fields are some hundred bytes; a user's token or trace may be among them.
    private const int LargestHeaders = 16 * 1024;
    private const int LargestHeaderField = 8 * 1024;
    private const int MostHeaders = 64;

    // What one connection may have sent that nobody has looked at yet, and one stream of it.
    private const int ConnectionWindow = 512 * 1024;
    private const int StreamWindow = 256 * 1024;

    private const int MostStreams = 100;

    /// <summary>Of a request, also when it comes compressed: execve(2) takes 2 MiB of arguments and environment.</summary>
    public const int LargestMessage = 4 * 1024 * 1024;

    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.KeepAliveTimeout = IdleTimeout;
        kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
        kestrel.Limits.MaxRequestHeadersTotalSize = LargestHeaders;
        kestrel.Limits.MaxRequestHeaderCount = MostHeaders;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = LargestHeaderField;
        kestrel.Limits.Http2.MaxStreamsPerConnection = MostStreams;
        kestrel.Limits.Http2.InitialConnectionWindowSize = ConnectionWindow;
        kestrel.Limits.Http2.InitialStreamWindowSize = StreamWindow;
        kestrel.Limits.Http2.KeepAlivePingDelay = PingAfter;
        kestrel.Limits.Http2.KeepAlivePingTimeout = PingTimeout;

        // A follower of a silent task reads and writes nothing for days; pings tell whether it is there.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;

        kestrel.Listen(address, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            handshakes.Outside(listen);
            gate.Outside(listen);
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = handshakeTimeout,
                OnConnection = tls => ValueTask.FromResult(
                    handshakes.Watch(tls.Connection, OptionsFor(tls.Connection))),
            });
            gate.Inside(listen);
            handshakes.Inside(listen);
        });
    }

    // For each connection anew, with what is trusted at this moment.
    private SslServerAuthenticationOptions OptionsFor(ConnectionContext connection)
    {
        var current = trust.Current;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = current.Server,
            EnabledSslProtocols = SslProtocols.Tls13,
            ClientCertificateRequired = true,
            CertificateChainPolicy = current.Clients.CreateChainPolicy(),
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                certificate is X509Certificate2 client && chain is not null
                && connections.TryAccept(connection, current, client, chain, errors),

            // A resumed TLS 1.3 session brings an identity without a new proof of the key (CVE-2025-23419 and its like).
            AllowTlsResume = false,
            AllowRenegotiation = false,
        };
    }
}
