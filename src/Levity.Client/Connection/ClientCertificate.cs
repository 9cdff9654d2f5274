using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Levity.Client.Connection;

/// <summary>
/// Who we are: a certificate with its intermediates, and its private key. A key file that others may read gets no
/// warning: mounted secrets often look like that, inside a container that has one user.
/// </summary>
internal static class ClientCertificate
{
    private const string MakeAnother = "levity cannot use: make one with an ECDSA P-256 key";

    /// <exception cref="LevityException">A file is missing, unusable, or the two do not fit together.</exception>
    public static SslStreamCertificateContext Load(Setting certificateFile, Setting keyFile)
    {
        var certificates = CertificateFile.Load("certificate", certificateFile);
        var certificate = Join(certificates[0], certificateFile, PemFile.Read("key", keyFile), keyFile);
        certificates.RemoveAt(0);
        return SslStreamCertificateContext.Create(certificate, certificates, offline: true);
    }

    private static X509Certificate2 Join(
        X509Certificate2 certificate, Setting certificateFile, string keyText, Setting keyFile)
    {
        var algorithm = certificate.GetKeyAlgorithm();
        if (algorithm is not (KeyAlgorithms.Ecdsa or KeyAlgorithms.Rsa))
        {
            throw new LevityException(
                LevityErrorKind.Configuration,
                $"the certificate {certificateFile} has {Kind(algorithm)} key, which {MakeAnother}");
        }

        var keyAlgorithm = PrivateKeyFile.AlgorithmOf(keyText, keyFile);
        if (keyAlgorithm != algorithm)
        {
            throw keyAlgorithm is KeyAlgorithms.Ecdsa or KeyAlgorithms.Rsa
                ? Strangers(certificateFile, keyFile, null)
                : new LevityException(
                    LevityErrorKind.Configuration, $"the key {keyFile} is {Kind(keyAlgorithm)} key, which {MakeAnother}");
        }

        try
        {
            return algorithm == KeyAlgorithms.Ecdsa ? JoinEcdsa(certificate, keyText) : JoinRsa(certificate, keyText);
        }
        catch (ArgumentException e)
        {
            throw Strangers(certificateFile, keyFile, e);
        }
        catch (CryptographicException e)
        {
            throw new LevityException(
                LevityErrorKind.Configuration, $"the key {keyFile} cannot be used: {e.Message}", e);
        }
    }

    private static X509Certificate2 JoinEcdsa(X509Certificate2 certificate, string keyText)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(keyText);
        return certificate.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 JoinRsa(X509Certificate2 certificate, string keyText)
    {
        using var key = RSA.Create();
        key.ImportFromPem(keyText);
        return certificate.CopyWithPrivateKey(key);
    }

    private static string Kind(string algorithm) =>
        algorithm == KeyAlgorithms.Ed25519 ? "an Ed25519" : $"a {new Oid(algorithm).FriendlyName ?? algorithm}";

    private static LevityException Strangers(Setting certificateFile, Setting keyFile, Exception? cause) => new(
        LevityErrorKind.Configuration,
        $"the key {keyFile} does not belong to the certificate {certificateFile}: give the two that were made together",
        cause);
}
