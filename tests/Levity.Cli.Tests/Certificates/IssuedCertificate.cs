using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Levity.Cli.Tests.Certificates;

/// <summary>A certificate and its key.</summary>
internal sealed class IssuedCertificate(X509Certificate2 certificate, AsymmetricAlgorithm key) : IDisposable
{
    public X509Certificate2 Certificate => certificate;

    public string CertificatePem => certificate.ExportCertificatePem();

    public string KeyPem => key.ExportPkcs8PrivateKeyPem();

    public AsymmetricAlgorithm Key => key;

    /// <summary>The two in one, as a server wants them.</summary>
    public X509Certificate2 WithKey() => key is ECDsa ecdsa
        ? certificate.CopyWithPrivateKey(ecdsa)
        : certificate.CopyWithPrivateKey((RSA)key);

    public void Dispose()
    {
        certificate.Dispose();
        key.Dispose();
    }
}
