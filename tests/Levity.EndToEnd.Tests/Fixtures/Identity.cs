using System.Security.Cryptography.X509Certificates;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>A certificate and its key in PEM files, the key for nobody else to read.</summary>
internal sealed record Identity(string CertificateFile, string KeyFile)
{
    public X509Certificate2 Load() => X509Certificate2.CreateFromPemFile(CertificateFile, KeyFile);
}
