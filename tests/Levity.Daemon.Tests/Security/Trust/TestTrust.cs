using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Levity.Daemon.Security;
using Levity.Daemon.Security.Trust;
using Microsoft.AspNetCore.Connections;

namespace Levity.Daemon.Tests.Security.Trust;

/// <summary>A server's certificate, a CA of its clients and what else there is to trust, in files that a test replaces.</summary>
internal sealed class TestTrust : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public TestTrust()
    {
        WriteServer(NewServer());
        WriteRoots(Authority);
        Files = new TrustFiles(CertificateFile, KeyFile, RootsFile, crl: null);
    }

    public X509Certificate2 Authority { get; } = TestCertificates.NewAuthority();

    public string CertificateFile => _files["server.crt"];

    public string KeyFile => _files["server.key"];

    public string RootsFile => _files["client-ca.crt"];

    public string CrlFile => _files["client-ca.crl"];

    /// <summary>Without a revocation list.</summary>
    public TrustFiles Files { get; }

    public static X509Certificate2 NewServer() => TestCertificates.SelfSigned(
        new() { Subject = new("CN=server"), Usages = [TestCertificates.ServerAuthentication] });

    /// <summary>Files with a revocation list, which has to be there by now.</summary>
    public TrustFiles FilesWithCrl() => new(CertificateFile, KeyFile, RootsFile, CrlFile);

    /// <summary>A connection whose handshake is over, with a certificate of <see cref="Authority"/>.</summary>
    public ClientConnection Connect(CallerIdentity caller, ConnectionContext? transport = null) => new(
        transport ?? new DefaultConnectionContext(),
        caller,
        new ClientChain([], TrustAnchor.Of(Authority), caller.NotAfter));

    /// <summary>What <see cref="ClientConnections"/> does to each connection, again and again.</summary>
    public Task EndIfRefusedAsync(ClientConnection connection, TimeProvider time) =>
        connection.RefusalBy(Snapshot(), time.GetUtcNow()) is null ? Task.CompletedTask : connection.EndAsync(time);

    public TrustSnapshot Snapshot() => new(Files.Server(), Files.Clients(), RevocationLists.None);

    public void WriteServer(X509Certificate2 server)
    {
        WriteCertificate(server);
        WriteKey(server);
    }

    public void WriteCertificate(X509Certificate2 server) => Write(CertificateFile, server.ExportCertificatePem());

    public void WriteKey(X509Certificate2 server)
    {
        using var key = server.GetECDsaPrivateKey()!;
        Write(KeyFile, key.ExportPkcs8PrivateKeyPem());
    }

    public void WriteRoots(params IEnumerable<X509Certificate2> roots) =>
        Write(RootsFile, string.Join('\n', roots.Select(root => root.ExportCertificatePem())));

    public void WriteCrl(params IEnumerable<byte[]> lists) =>
        Write(CrlFile, string.Join('\n', lists.Select(list => PemEncoding.WriteString("X509 CRL", list))));

    public void Write(string file, string text) => _files.Write(Path.GetFileName(file), text);

    public void Dispose()
    {
        Authority.Dispose();
        _files.Dispose();
    }
}
