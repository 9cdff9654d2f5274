using Levity.Protocol;

namespace Levity.Cli.Authority;

/// <summary>
/// What certificates are for. There is an authority for each purpose, so that a server's certificate can never be a
/// user's, whatever it says of itself.
/// </summary>
/// <param name="Name">As the index and <c>ca list</c> have it.</param>
/// <param name="Authority">Its files' name, without extension.</param>
/// <param name="AuthorityName">How its Common Name begins.</param>
/// <param name="ExtendedKeyUsage">RFC 5280, 4.2.1.12.</param>
/// <param name="LongestDays">For how long one may be valid.</param>
internal sealed record Purpose(
    string Name, string Authority, string AuthorityName, string ExtendedKeyUsage, int LongestDays)
{
    // 825 days is the most that clients of other makers accept for a server.
    public static readonly Purpose Server =
        new("server", "server-ca", "Levity server CA", "1.3.6.1.5.5.7.3.1", LongestDays: 825);

    public static readonly Purpose User =
        new("user", "client-ca", "Levity client CA", "1.3.6.1.5.5.7.3.2", LongestDays: 3650);

    public static IReadOnlyList<Purpose> All => [Server, User];

    public string CertificateFile => $"{Authority}.crt";

    public string KeyFile => $"{Authority}.key";

    public string RevocationListFile => $"{Authority}.crl";

    /// <summary>Whether the name is not for a user, as other files of the CA have it.</summary>
    public static bool IsReserved(UserName name) =>
        All.Any(purpose => purpose.Authority == name.ToString()) || name.ToString() == Server.Name;
}
