using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Levity.Cli.Tests.Certificates;

/// <summary>A CA of the test's own.</summary>
internal sealed class TestAuthority : IDisposable
{
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    private readonly ECDsa _key = NewKey();

    public TestAuthority(string name = "Test CA")
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = TimeProvider.System.GetUtcNow();
        Certificate = request.CreateSelfSigned(now.AddYears(-10), now.AddYears(10));
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>A server's certificate for localhost and 127.0.0.1, unless told otherwise.</summary>
    public IssuedCertificate IssueServer(
        IReadOnlyList<string>? names = null, int validFromDays = -1, int validToDays = 1, string usage = ServerAuth) =>
        Issue("CN=server", NewKey(), validFromDays, validToDays, usage, names ?? ["localhost", "127.0.0.1"]);

    public IssuedCertificate IssueServerForClients() => IssueServer(usage: ClientAuth);

    public IssuedCertificate IssueClient(string name = "alice", int validFromDays = -1, int validToDays = 1) =>
        Issue($"CN={name}", NewKey(), validFromDays, validToDays, ClientAuth, []);

    public IssuedCertificate IssueRsaClient() => Issue("CN=alice", RSA.Create(2048), -1, 1, ClientAuth, []);

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private IssuedCertificate Issue(
        string subject,
        AsymmetricAlgorithm key,
        int validFromDays,
        int validToDays,
        string usage,
        IReadOnlyList<string> names)
    {
        var request = key is ECDsa ecdsa
            ? new CertificateRequest(subject, ecdsa, HashAlgorithmName.SHA256)
            : new CertificateRequest(subject, (RSA)key, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (names.Count > 0)
        {
            request.CertificateExtensions.Add(Names(names));
        }

        var now = TimeProvider.System.GetUtcNow();
        var certificate = request.Create(
            Certificate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(_key),
            now.AddDays(validFromDays),
            now.AddDays(validToDays),
            RandomNumberGenerator.GetBytes(16));
        return new IssuedCertificate(certificate, key);
    }

    private static X509Extension Names(IReadOnlyList<string> names)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                builder.AddIpAddress(address);
            }
            else
            {
                builder.AddDnsName(name);
            }
        }

        return builder.Build();
    }
}
