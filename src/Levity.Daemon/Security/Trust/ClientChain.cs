using System.Security.Cryptography.X509Certificates;
using Google.Protobuf.WellKnownTypes;
using Levity.Protocol.Registry;

namespace Levity.Daemon.Security.Trust;

/// <summary>
/// What has to be remembered of a client's verified chain, to tell later whether it would still be accepted: signatures
/// do not change any more, but what is revoked, what is trusted and what time it is does.
/// </summary>
/// <param name="Certificates">The client's own first; without the root.</param>
/// <param name="Root">Which one it ends at, as <see cref="TrustAnchor"/> says.</param>
/// <param name="NotAfter">When the first of them expires.</param>
internal sealed record ClientChain(IReadOnlyList<CertificateNumber> Certificates, string Root, DateTimeOffset NotAfter)
{
    public static ClientChain Of(X509Chain verified)
    {
        X509Certificate2[] certificates = [.. verified.ChainElements.Select(element => element.Certificate)];
        return new ClientChain(
            [.. certificates.SkipLast(1).Select(CertificateNumber.Of)],
            TrustAnchor.Of(certificates[^1]),
            certificates.Min(certificate => new DateTimeOffset(certificate.NotAfter)));
    }

    /// <summary>What tasks remember of it, longer than the connection lasts.</summary>
    public StartingCertificate ToStartingCertificate() => new()
    {
        Chain = { Certificates.Select(certificate => certificate.ToMessage()) },
        NotAfter = NotAfter.ToTimestamp(),
    };
}

/// <summary>
/// What makes a root the same root: its name and its key (RFC 5280, 6.1.1 (d)). One that was renewed with its key is no
/// other.
/// </summary>
internal static class TrustAnchor
{
    public static string Of(X509Certificate2 root) =>
        $"{Convert.ToHexString(root.SubjectName.RawData)}:{Convert.ToHexString(root.PublicKey.ExportSubjectPublicKeyInfo())}";
}
