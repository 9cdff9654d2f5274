using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Levity.Client.Connection;

/// <summary>Reads the certificates in a PEM file.</summary>
internal static class CertificateFile
{
    /// <returns>At least one certificate, in the file's order.</returns>
    /// <exception cref="LevityException">The file cannot be read or has no certificate that could be used.</exception>
    public static X509Certificate2Collection Load(string what, Setting file)
    {
        var text = PemFile.Read(what, file);
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException e)
        {
            throw new LevityException(
                LevityErrorKind.Configuration, $"the {what} file {file} is damaged: {e.Message}", e);
        }

        return certificates.Count > 0
            ? certificates
            : throw new LevityException(
                LevityErrorKind.Configuration,
                $"the {what} file {file} has no certificate in it (PEM, -----BEGIN CERTIFICATE-----)");
    }
}
