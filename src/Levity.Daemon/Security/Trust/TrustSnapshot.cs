using System.Net.Security;
using Levity.Protocol.Registry;

namespace Levity.Daemon.Security.Trust;

/// <summary>
/// What handshakes and calls go by at one moment: the server's own certificate, whose clients are let in, and who is not
/// any more. It never changes; there is only another one later.
/// </summary>
internal sealed record TrustSnapshot(
    SslStreamCertificateContext Server, ClientCertificatePolicy Clients, RevocationLists Revocations)
{
    /// <summary>Why a chain that was good once is not accepted now; null when it is.</summary>
    public string? RefusalOf(ClientChain chain, string name, DateTimeOffset now) =>
        chain.NotAfter <= now ? $"the certificate of {name} expired at {chain.NotAfter:u}"
        : chain.Certificates.Any(Revocations.Have) ? $"the certificate of {name} has been revoked"
        : !Clients.Trusts(chain.Root) ? $"the certificate of {name} is of a CA that is not trusted here any more"
        : null;

    /// <summary>
    /// Why a certificate is not good any more, in one of the ways that are asked about; null when it is. Whether its CA is
    /// still trusted is not known of it.
    /// </summary>
    public string? LapseOf(StartingCertificate certificate, Lapses asked, DateTimeOffset now) =>
        asked.HasFlag(Lapses.Expired) && certificate.NotAfter?.ToDateTimeOffset() <= now ? "has expired"
        : asked.HasFlag(Lapses.Revoked) && Revocations.Count > 0
            && certificate.Chain.Any(number => Revocations.Have(CertificateNumber.Of(number))) ? "has been revoked"
        : null;
}
