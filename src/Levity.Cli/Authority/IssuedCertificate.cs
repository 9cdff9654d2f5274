using Levity.Protocol;

namespace Levity.Cli.Authority;

/// <summary>A certificate that was issued here; a line of the index.</summary>
internal sealed record IssuedCertificate(
    SerialNumber Serial,
    Purpose Purpose,
    UserName Name,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    Revocation? Revocation = null)
{
    public bool HasExpired(DateTimeOffset now) => now > NotAfter;

    /// <summary>Whether it opens a door now.</summary>
    public bool IsGood(DateTimeOffset now) => Revocation is null && !HasExpired(now);
}

/// <summary>When a certificate was taken back, and why.</summary>
internal sealed record Revocation(DateTimeOffset At, string Reason);
