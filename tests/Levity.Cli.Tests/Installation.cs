using Levity.Cli.Tests.Certificates;
using Levity.Cli.Tests.Server;

namespace Levity.Cli.Tests;

/// <summary>A CA, a server and a client that trust each other, and the files that a user would have.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly TemporaryDirectory _files = new();
    private readonly FakeServerOptions _options;
    private readonly IssuedCertificate _client;

    private Installation(FakeServer server, FakeServerOptions options, IssuedCertificate client)
    {
        Server = server;
        _options = options;
        _client = client;
        CertificateFile = _files.Write("alice.pem", client.CertificatePem);
        KeyFile = _files.Write("alice.key", client.KeyPem);
        CaFile = _files.Write("ca.pem", options.ClientAuthority.Certificate.ExportCertificatePem());
    }

    public FakeServer Server { get; private set; }

    public string CertificateFile { get; set; }

    public string KeyFile { get; set; }

    public string CaFile { get; set; }

    public string Host { get; set; } = "127.0.0.1";

    public TemporaryDirectory Files => _files;

    /// <summary>The options that every command needs.</summary>
    public string[] Options =>
        ["--address", $"{Host}:{Server.Port}", "--certificate", CertificateFile, "--key", KeyFile, "--ca", CaFile];

    public static async Task<Installation> StartAsync(
        Func<TestAuthority, IssuedCertificate>? issueServer = null,
        Func<TestAuthority, IssuedCertificate>? issueClient = null,
        Func<FakeServerOptions, FakeServerOptions>? configure = null)
    {
        var authority = new TestAuthority();
        var serverCertificate = issueServer?.Invoke(authority) ?? authority.IssueServer();
        var client = issueClient?.Invoke(authority) ?? authority.IssueClient();
        var options = new FakeServerOptions(serverCertificate, authority);
        options = configure?.Invoke(options) ?? options;
        return new Installation(await FakeServer.StartAsync(options), options, client);
    }

    public Task<CommandRun> RunAsync(params string[] args) => CommandRun.ExecuteAsync([.. Options, .. args]);

    /// <summary>Ends the server and starts another one in its place.</summary>
    public async Task RestartServerAsync(Action<ScriptedTaskManager> script)
    {
        var port = Server.Port;
        await Server.DisposeAsync();
        Server = await FakeServer.StartAsync(_options with { Port = port }, script);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _client.Dispose();
        _options.Certificate.Dispose();
        _options.ClientAuthority.Dispose();
        _files.Dispose();
    }
}
