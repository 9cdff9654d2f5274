using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Levity.Daemon.Security.Trust;

namespace Levity.Daemon.Security;

/// <summary>Reads certificates and keys from PEM files; what is wrong with one is said with its name.</summary>
internal static class ServerCertificate
{
    /// <summary>
    /// The server's certificate with its key and intermediates, ready for handshakes. Throws
    /// <see cref="InvalidCertificateException"/>.
    /// </summary>
    public static SslStreamCertificateContext Read(TrustFile certificate, TrustFile key)
    {
        var chain = ReadAll(certificate);
        var (certificateText, keyText) = (certificate.Text, key.Text);
        try
        {
            var leaf = X509Certificate2.CreateFromPem(certificateText, keyText);

            // Offline: what is missing from the chain is not looked for on the network.
            return SslStreamCertificateContext.Create(leaf, [.. chain.Skip(1)], offline: true);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new InvalidCertificateException(
                $"'{key.Path}' is not the usable private key of '{certificate.Path}' ({e.Message}); an ECDSA P-256 or RSA "
                + "key in PEM is needed, Ed25519 keys cannot be loaded",
                e);
        }
    }

    /// <summary>All certificates of a file, at least one. Throws <see cref="InvalidCertificateException"/>.</summary>
    public static X509Certificate2Collection ReadAll(TrustFile file)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(file.Text);
        }
        catch (CryptographicException e)
        {
            throw new InvalidCertificateException($"'{file.Path}' holds no usable certificate: {e.Message}", e);
        }

        return certificates.Count > 0
            ? certificates
            : throw new InvalidCertificateException($"'{file.Path}' holds no certificate (PEM: BEGIN CERTIFICATE)");
    }
}

/// <summary>A certificate or key file that levityd was given cannot be used.</summary>
internal sealed class InvalidCertificateException(string message, Exception? inner = null) : Exception(message, inner);
