using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Levity.Daemon.Security;

/// <summary>Reads certificates and keys from PEM files; what is wrong with one is said with its name.</summary>
internal static class ServerCertificate
{
    /// <summary>
    /// The server's certificate with its key and intermediates, ready for handshakes. Throws
    /// <see cref="InvalidCertificateException"/>.
    /// </summary>
    public static (X509Certificate2 Leaf, SslStreamCertificateContext Context) Read(string certificateFile, string keyFile)
    {
        var chain = ReadAll(certificateFile);
        try
        {
            var leaf = X509Certificate2.CreateFromPem(ReadText(certificateFile), ReadText(keyFile));

            // Offline: what is missing from the chain is not looked for on the network.
            return (leaf, SslStreamCertificateContext.Create(leaf, [.. chain.Skip(1)], offline: true));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new InvalidCertificateException(
                $"'{keyFile}' is not the usable private key of '{certificateFile}' ({e.Message}); an ECDSA P-256 or RSA "
                + "key in PEM is needed, Ed25519 keys cannot be loaded",
                e);
        }
    }

    /// <summary>All certificates of a file, at least one. Throws <see cref="InvalidCertificateException"/>.</summary>
    public static X509Certificate2Collection ReadAll(string file)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(ReadText(file));
        }
        catch (CryptographicException e)
        {
            throw new InvalidCertificateException($"'{file}' holds no usable certificate: {e.Message}", e);
        }

        return certificates.Count > 0
            ? certificates
            : throw new InvalidCertificateException($"'{file}' holds no certificate (PEM: BEGIN CERTIFICATE)");
    }

    private static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidCertificateException($"cannot read '{file}': {e.Message}", e);
        }
    }
}

/// <summary>A certificate or key file that levityd was given cannot be used.</summary>
internal sealed class InvalidCertificateException(string message, Exception? inner = null) : Exception(message, inner);
