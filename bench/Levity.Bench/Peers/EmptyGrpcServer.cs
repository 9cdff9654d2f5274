using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Levity.Bench.UnderTest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Levity.Bench.Peers;

/// <summary>
/// levityd's stack without levityd: Kestrel, HTTP/2, TLS 1.3, client certificates, gRPC, and nothing to do.
/// </summary>
internal static class EmptyGrpcServer
{
    public const string Verb = "empty-grpc";

    /// <summary>Serves until standard input ends, which it does at the latest when the benchmark is gone.</summary>
    public static async Task<int> ServeAsync(Certificates certificates, TextReader input, TextWriter ready)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, certificates));
        builder.Services.AddGrpc();
        await using var app = builder.Build();
        app.UseRouting();
        app.MapGrpcService<YardstickService>();
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        await ready.WriteLineAsync($"Listening on {new Uri(addresses.Addresses.Single()).Authority}");
        await input.ReadToEndAsync();
        await app.StopAsync(new CancellationToken(canceled: true));
        return 0;
    }

    private static void Configure(KestrelServerOptions kestrel, Certificates certificates)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        var trust = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        trust.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(certificates.ClientCa));
        var server = X509Certificate2.CreateFromPemFile(certificates.ServerCertificate, certificates.ServerKey);
        var context = SslStreamCertificateContext.Create(server, additionalCertificates: null, offline: true);
        kestrel.Listen(new IPEndPoint(IPAddress.Loopback, 0), listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = server,
                SslProtocols = SslProtocols.Tls13,
                ClientCertificateMode = ClientCertificateMode.RequireCertificate,
                ClientCertificateValidation = (_, _, errors) => errors == SslPolicyErrors.None,
                OnAuthenticate = (_, tls) =>
                {
                    tls.ServerCertificate = null;
                    tls.ServerCertificateContext = context;
                    tls.CertificateChainPolicy = trust.Clone();
                    tls.AllowTlsResume = false;
                },
            });
        });
    }
}
