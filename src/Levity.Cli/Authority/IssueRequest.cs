using System.Security.Cryptography.X509Certificates;
using Levity.Protocol;

namespace Levity.Cli.Authority;

/// <summary>A certificate that somebody is to have.</summary>
/// <param name="Key">The public key of whoever has the private one already; null to have a pair made here.</param>
/// <param name="Names">A server's hosts; null for a user.</param>
/// <param name="Days">For how long; null for as long as usual.</param>
/// <param name="Existing">What to do about one that is there.</param>
internal sealed record IssueRequest(
    Purpose Purpose, UserName Name, PublicKey? Key, X509Extension? Names, int? Days, Existing Existing)
{
    public int UsualDays { get; init; } = 365;

    public string CertificateFile => $"{Name}.crt";

    public string KeyFile => $"{Name}.key";
}
