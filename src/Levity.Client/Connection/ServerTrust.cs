using System.Security.Cryptography.X509Certificates;

namespace Levity.Client.Connection;

/// <summary>Whom a server's certificate may be signed by.</summary>
internal static class ServerTrust
{
    /// <param name="caFile">The only CAs to trust; those of the system when it is null.</param>
    /// <exception cref="LevityException">The file cannot be used.</exception>
    public static X509ChainPolicy Load(Setting? caFile)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,

            // What a certificate names is never fetched: it would be a request that a stranger chose.
            DisableCertificateDownloads = true,
        };
        if (caFile is { } file)
        {
            var authorities = CertificateFile.Load("CA", file);
            if (!authorities.Any(IsSelfIssued))
            {
                throw new LevityException(
                    LevityErrorKind.Configuration,
                    $"the CA file {file} has no root in it: give the self-signed certificate that the others lead to");
            }

            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities);
        }

        return policy;
    }

    private static bool IsSelfIssued(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
