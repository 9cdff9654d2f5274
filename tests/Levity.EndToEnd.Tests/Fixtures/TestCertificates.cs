using System.Security.Cryptography.X509Certificates;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>Everybody who calls, and everybody who pretends: all for one server, in one directory.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly string _directory;
    private readonly CertificateAuthority _servers;
    private readonly CertificateAuthority _clients;
    private readonly CertificateAuthority _strangers;

    public TestCertificates(string directory)
    {
        _directory = directory;
        _servers = new CertificateAuthority(directory, "server-ca");
        _clients = new CertificateAuthority(directory, "client-ca");
        _strangers = new CertificateAuthority(directory, "wrong-ca");
        Server = _servers.IssueServer("server", "localhost", "127.0.0.1", "::1");
        Alice = _clients.IssueUser("alice", "alice");
        Bob = _clients.IssueUser("bob", "bob");
        AliceOfWrongCa = _strangers.IssueUser("wrong-alice", "alice");
        AliceExpired = _clients.Issue(
            "expired-alice", NameOf("alice"), [CertificateAuthority.ClientAuthentication], TimeSpan.FromHours(-1));
        AliceWithoutUsage = _clients.Issue("no-usage-alice", NameOf("alice"), []);
        AliceAsServer = _clients.Issue("server-alice", NameOf("alice"), [CertificateAuthority.ServerAuthentication]);
    }

    /// <summary>Whom clients trust.</summary>
    public string ServerCa => _servers.CertificateFile;

    /// <summary>Whom the server trusts.</summary>
    public string ClientCa => _clients.CertificateFile;

    public string WrongCa => _strangers.CertificateFile;

    public Identity Server { get; }

    public Identity Alice { get; }

    public Identity Bob { get; }

    public Identity AliceOfWrongCa { get; }

    public Identity AliceExpired { get; }

    /// <summary>Says nothing of what it is for.</summary>
    public Identity AliceWithoutUsage { get; }

    /// <summary>A server's certificate, although of the clients' CA: all is right but what it is for.</summary>
    public Identity AliceAsServer { get; }

    public CertificateAuthority Clients => _clients;

    public CertificateAuthority Servers => _servers;

    public CertificateAuthority NewAuthority(string name) => new(_directory, name);

    /// <summary>Puts these CAs in the place of those whose users the server lets in.</summary>
    public void TrustClientsOf(params IEnumerable<CertificateAuthority> authorities)
    {
        var changed = Path.Combine(_directory, $"{Guid.NewGuid()}.crt");
        File.WriteAllLines(changed, authorities.Select(authority => authority.Pem));
        File.Move(changed, ClientCa, overwrite: true);
    }

    /// <summary>A CA that nobody trusts.</summary>
    public CertificateAuthority Strangers => _strangers;

    public void Dispose()
    {
        _servers.Dispose();
        _clients.Dispose();
        _strangers.Dispose();
    }

    private static X500DistinguishedName NameOf(string commonName) => new($"CN={commonName}");
}
