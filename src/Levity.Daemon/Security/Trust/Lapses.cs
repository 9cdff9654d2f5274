namespace Levity.Daemon.Security.Trust;

/// <summary>The ways in which a certificate ceases to be good.</summary>
[Flags]
internal enum Lapses
{
    None = 0,
    Revoked = 1,
    Expired = 2,
}
