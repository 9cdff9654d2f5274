using System.Net.Security;

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
}
