using System.Security.Cryptography.X509Certificates;

namespace Levity.Cli.Authority;

/// <summary>
/// Why a certificate is taken back (RFC 5280, 5.3.1), without what is not for people and their keys, and without
/// certificateHold: nothing that was revoked comes back.
/// </summary>
internal static class RevocationReasons
{
    public const string Unspecified = "unspecified";

    private static readonly Dictionary<string, X509RevocationReason> Table = new()
    {
        [Unspecified] = X509RevocationReason.Unspecified,
        ["key-compromise"] = X509RevocationReason.KeyCompromise,
        ["affiliation-changed"] = X509RevocationReason.AffiliationChanged,
        ["superseded"] = X509RevocationReason.Superseded,
        ["cessation-of-operation"] = X509RevocationReason.CessationOfOperation,
        ["privilege-withdrawn"] = X509RevocationReason.PrivilegeWithdrawn,
    };

    public static IEnumerable<string> Names => Table.Keys;

    public static bool Has(string name) => Table.ContainsKey(name);

    public static X509RevocationReason Of(string name) => Table[name];
}
