using System.Collections.Frozen;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Levity.Daemon.Security.Trust;

namespace Levity.Daemon.Security;

/// <summary>
/// Which client certificates are let in: those that chain to our client CA, are within their time, and say that they
/// are for client authentication. Nothing is ever downloaded to find that out: an address in a certificate of a
/// stranger is not to be called (it would be, before anybody is authenticated).
/// </summary>
internal sealed class ClientCertificatePolicy(X509Certificate2Collection roots)
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly FrozenSet<string> _anchors = roots.Select(TrustAnchor.Of).ToFrozenSet(StringComparer.Ordinal);

    public X509Certificate2Collection Roots => roots;

    /// <summary>Whether this is one of the roots: <see cref="TrustAnchor"/>.</summary>
    public bool Trusts(string root) => _anchors.Contains(root);

    /// <summary>What SslStream builds the client's chain by.</summary>
    public X509ChainPolicy CreateChainPolicy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            ApplicationPolicy = { new Oid(ClientAuthentication) },
        };
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }

    /// <summary>The last word after the chain was built: no status is ever argued away here.</summary>
    public static bool IsAcceptable(X509Certificate2 certificate, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None
        && SaysClientAuthentication(certificate)
        && !IsAuthority(certificate)
        && CallerIdentity.FromCertificate(certificate, out _) is not null;

    // An authority may speak for others, and is nobody itself.
    private static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority);

    // A chain policy accepts a certificate that has no extended key usage at all; that is not enough to come in.
    private static bool SaysClientAuthentication(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .Any(usage => usage.EnhancedKeyUsages.Cast<Oid>().Any(oid => oid.Value == ClientAuthentication));
}
