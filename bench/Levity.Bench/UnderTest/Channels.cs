using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace Levity.Bench.UnderTest;

/// <summary>The gRPC client of both sides: TLS 1.3, mutual, without resumption, one connection a channel.</summary>
internal sealed class Channels : IDisposable
{
    private readonly X509Certificate2 _authority;
    private readonly SslStreamCertificateContext _user;

    public Channels(Certificates certificates)
    {
        _authority = X509CertificateLoader.LoadCertificateFromFile(certificates.ServerCa);
        var user = X509Certificate2.CreateFromPemFile(certificates.UserCertificate, certificates.UserKey);
        _user = SslStreamCertificateContext.Create(user, additionalCertificates: null, offline: true);
    }

    public GrpcChannel Open(string address)
    {
        var trust = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        trust.CustomTrustStore.Add(_authority);
        return GrpcChannel.ForAddress($"https://{address}", new GrpcChannelOptions
        {
            DisposeHttpClient = true,
            HttpHandler = new SocketsHttpHandler
            {
                UseProxy = false,
                SslOptions = new SslClientAuthenticationOptions
                {
                    EnabledSslProtocols = SslProtocols.Tls13,
                    AllowTlsResume = false,
                    ClientCertificateContext = _user,
                    CertificateChainPolicy = trust,
                },
            },
        });
    }

    public void Dispose()
    {
        _authority.Dispose();
        _user.TargetCertificate.Dispose();
    }
}
