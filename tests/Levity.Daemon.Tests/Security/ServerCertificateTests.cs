using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Levity.Daemon.Security;
using Levity.Daemon.Security.Trust;
using static Levity.Daemon.Tests.Security.TestCertificates;

namespace Levity.Daemon.Tests.Security;

public sealed class ServerCertificateTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();
    private readonly X509Certificate2 _authority = NewAuthority();
    private readonly X509Certificate2 _server;
    private readonly string _certificateFile;
    private readonly string _keyFile;

    public ServerCertificateTests()
    {
        _server = _authority.Issue(new() { Subject = new("CN=server"), Usages = [ServerAuthentication] });
        _certificateFile = _files.Write("server.pem", _server.ExportCertificatePem());
        _keyFile = _files.Write("server-key.pem", KeyOf(_server));
    }

    public void Dispose()
    {
        _server.Dispose();
        _authority.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void A_certificate_and_its_key_are_ready_for_handshakes()
    {
        var context = Read(_certificateFile, _keyFile);

        Assert.True(context.TargetCertificate.HasPrivateKey);
        Assert.Equal(_server.Thumbprint, context.TargetCertificate.Thumbprint);
    }

    [Fact]
    public void An_RSA_key_is_as_good()
    {
        using var key = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate =
            new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                .CreateSelfSigned(now, now.AddHours(1));

        var context = Read(
            _files.Write("rsa.pem", certificate.ExportCertificatePem()),
            _files.Write("rsa-key.pem", key.ExportPkcs8PrivateKeyPem()));

        Assert.True(context.TargetCertificate.HasPrivateKey);
    }

    [Fact]
    public void Intermediates_in_the_file_are_sent_along()
    {
        using var intermediate = _authority.Issue(
            new() { Subject = new("CN=Intermediate"), Usages = [], IsAuthority = true });
        using var server = intermediate.Issue(new() { Usages = [ServerAuthentication] });
        var chain = _files.Write(
            "chain.pem", $"{server.ExportCertificatePem()}\n{intermediate.ExportCertificatePem()}\n");

        var context = Read(chain, _files.Write("chain-key.pem", KeyOf(server)));

        Assert.Equal(intermediate.Thumbprint, Assert.Single(context.IntermediateCertificates).Thumbprint);
    }

    [Fact]
    public void All_authorities_of_a_file_are_read()
    {
        using var other = NewAuthority("Other CA");
        var file = _files.Write(
            "cas.pem", $"# ours\n{_authority.ExportCertificatePem()}\n\n{other.ExportCertificatePem()}");

        Assert.Equal(
            [_authority.Thumbprint, other.Thumbprint],
            ReadAll(file).Select(certificate => certificate.Thumbprint));
    }

    [Theory]
    [InlineData("missing.pem")]
    [InlineData("no/such/directory.pem")]
    [InlineData(".")]
    public void A_file_that_cannot_be_read_is_named(string name)
    {
        var file = _files[name];

        AssertNames(file, () => Read(file, _keyFile));
        AssertNames(file, () => Read(_certificateFile, file));
        AssertNames(file, () => ReadAll(file));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no PEM at all")]
    [InlineData("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    [InlineData("-----BEGIN CERTIFICATE-----\n")]
    public void A_file_that_holds_no_certificate_is_named(string content)
    {
        var file = _files.Write("garbage.pem", content);

        AssertNames(file, () => Read(file, _keyFile));
        AssertNames(file, () => ReadAll(file));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no PEM at all")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")]
    [InlineData("-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----")]
    public void A_file_that_holds_no_key_is_named(string content)
    {
        var file = _files.Write("garbage-key.pem", content);

        AssertNames(file, () => Read(_certificateFile, file));
    }

    [Fact]
    public void The_key_of_another_certificate_is_named()
    {
        using var other = _authority.Issue(new());
        var file = _files.Write("other-key.pem", KeyOf(other));

        AssertNames(file, () => Read(_certificateFile, file));
    }

    [Fact]
    public void The_certificate_in_the_keys_place_is_named() =>
        AssertNames(_certificateFile, () => Read(_certificateFile, _certificateFile));

    [Fact]
    public void An_Ed25519_key_is_named_and_what_is_needed_instead()
    {
        // RFC 8410: a PKCS #8 key of 1.3.101.112.
        var header = Convert.FromHexString("302e020100300506032b657004220420");
        byte[] key = [.. header, .. RandomNumberGenerator.GetBytes(32)];
        var file = _files.Write("ed25519-key.pem", PemEncoding.WriteString("PRIVATE KEY", key));
        using var certificate = new CertificateRequest(
            new X500DistinguishedName("CN=server"),
            new PublicKey(new Oid("1.3.101.112"), null, new AsnEncodedData(RandomNumberGenerator.GetBytes(32))),
            HashAlgorithmName.SHA256).Create(
                _authority.SubjectName,
                X509SignatureGenerator.CreateForECDsa(_authority.GetECDsaPrivateKey()!),
                TimeProvider.System.GetUtcNow(),
                TimeProvider.System.GetUtcNow().AddHours(1),
                [1]);
        var ed25519Certificate = _files.Write("ed25519.pem", certificate.ExportCertificatePem());

        foreach (var certificateFile in new[] { _certificateFile, ed25519Certificate })
        {
            var e = AssertNames(file, () => Read(certificateFile, file));
            Assert.Contains("Ed25519", e.Message, StringComparison.Ordinal);
            Assert.Contains("ECDSA P-256", e.Message, StringComparison.Ordinal);
        }
    }

    private static SslStreamCertificateContext Read(string certificate, string key) =>
        ServerCertificate.Read(new TrustFile(certificate), new TrustFile(key));

    private static X509Certificate2Collection ReadAll(string file) => ServerCertificate.ReadAll(new TrustFile(file));

    private static string KeyOf(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static InvalidCertificateException AssertNames(string file, Func<object> read)
    {
        var e = Assert.Throws<InvalidCertificateException>(() => { read(); });

        Assert.Contains($"'{file}'", e.Message, StringComparison.Ordinal);
        return e;
    }
}
