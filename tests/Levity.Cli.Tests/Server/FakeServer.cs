using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Levity.Cli.Tests.Server;

/// <summary>A server of the public contract on 127.0.0.1, with mutual TLS, that answers what it is told to.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<ConnectionContext, bool> _connections = new();

    private int _accepted;

    private FakeServer(FakeServerOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, options.Port, listen => Listen(listen, options)));
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(Tasks);
        _application = builder.Build();
        _application.Use(RefuseAsync);
        _application.UseRouting();
        _application.MapGrpcService<ScriptedTaskManager>();
    }

    /// <summary>What it answers.</summary>
    public ScriptedTaskManager Tasks { get; } = new();

    /// <summary>What it answers instead, whatever it is asked.</summary>
    public Status? Refusal { get; set; }

    public int Port { get; private set; }

    /// <summary>How many connections there have been.</summary>
    public int Accepted => _accepted;

    public static async Task<FakeServer> StartAsync(
        FakeServerOptions options, Action<ScriptedTaskManager>? script = null)
    {
        var server = new FakeServer(options);
        script?.Invoke(server.Tasks);
        await server._application.StartAsync(TestContext.Current.CancellationToken);
        var features = server._application.Services.GetRequiredService<IServer>().Features;
        server.Port = new Uri(features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        return server;
    }

    /// <summary>Cuts every connection, as a broken network does.</summary>
    public void Cut()
    {
        foreach (var connection in _connections.Keys)
        {
            connection.Abort();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await _application.DisposeAsync();
    }

    // An answer without messages has its status in the headers ("Trailers-Only" of grpc's PROTOCOL-HTTP2.md).
    private Task RefuseAsync(HttpContext context, RequestDelegate next)
    {
        if (Refusal is not { } status)
        {
            return next(context);
        }

        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["grpc-message"] = Uri.EscapeDataString(status.Detail);
        return Task.CompletedTask;
    }

    private void Listen(ListenOptions listen, FakeServerOptions options)
    {
        listen.Protocols = HttpProtocols.Http2;
        listen.Use(next => async connection =>
        {
            _connections[connection] = true;
            Interlocked.Increment(ref _accepted);
            await next(connection);
            _connections.TryRemove(connection, out _);
        });

        // Not the usual HttpsConnectionAdapterOptions: those refuse certificates that some tests need.
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(Authentication(options)),
            HandshakeTimeout = TimeSpan.FromMinutes(1), // of a machine under load
        });
    }

    private static SslServerAuthenticationOptions Authentication(FakeServerOptions options)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.Add(options.ClientAuthority.Certificate);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext =
                SslStreamCertificateContext.Create(options.Certificate.WithKey(), null, offline: true),
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            EnabledSslProtocols = options.Protocols,
            ClientCertificateRequired = true,
            CertificateChainPolicy = policy,
            AllowTlsResume = false,
        };
    }
}
