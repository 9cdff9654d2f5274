using Levity.Cli.Tests.Certificates;
using Levity.Cli.Tests.Server;

namespace Levity.Client.Tests;

/// <summary>A server that answers what it is told to, and what a user needs for it.</summary>
internal sealed class FakeInstallation : IAsyncDisposable
{
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("levity-client-");
    private readonly TestAuthority _authority = new();
    private readonly FakeServerOptions _options;

    private FakeInstallation()
    {
        using var alice = _authority.IssueClient();
        _options = new FakeServerOptions(_authority.IssueServer(), _authority);
        Options = new ConnectionOptions
        {
            Address = ServerAddress.Parse("localhost:1"),
            CertificateFile = Write("alice.crt", alice.CertificatePem),
            KeyFile = Write("alice.key", alice.KeyPem),
            CaFile = Write("ca.crt", _authority.Certificate.ExportCertificatePem()),
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    public FakeServer Server { get; private set; } = null!;

    /// <summary>Those of a program that gives plain strings.</summary>
    public ConnectionOptions Options { get; private set; }

    public static async Task<FakeInstallation> StartAsync()
    {
        var installation = new FakeInstallation();
        installation.Server = await FakeServer.StartAsync(installation._options);
        installation.Options = installation.Options with
        {
            Address = ServerAddress.Parse($"127.0.0.1:{installation.Server.Port}"),
        };
        return installation;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _options.Certificate.Dispose();
        _authority.Dispose();
        _files.Delete(recursive: true);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_files.FullName, name);
        using var file = new StreamWriter(path);
        file.Write(text);
        return path;
    }
}
