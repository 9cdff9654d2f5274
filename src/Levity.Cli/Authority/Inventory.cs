using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Levity.Cli.Authority;

/// <summary>Something in the CA's directory, and how it is.</summary>
/// <param name="Kind">authority, revocation-list, server or user.</param>
/// <param name="Name">Of a certificate's owner, or the file.</param>
/// <param name="State">One of the words of <see cref="Inventory"/>.</param>
internal sealed record InventoryItem(string Kind, string Name, string State)
{
    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? NotAfter { get; init; }

    public SerialNumber? Serial { get; init; }

    public Revocation? Revocation { get; init; }
}

/// <summary>All that a CA consists of and has issued, and what has to be done about it soon.</summary>
internal static class Inventory
{
    public const string Valid = "valid";
    public const string Expiring = "expiring";
    public const string Expired = "expired";
    public const string Revoked = "revoked";
    public const string Missing = "missing";
    public const string Damaged = "damaged";

    /// <summary>There is a newer one, or a file of another CA lies in its place.</summary>
    public const string Stale = "stale";

    /// <param name="ca">Whose.</param>
    /// <param name="within">What ends so soon is expiring.</param>
    public static IEnumerable<InventoryItem> Of(CertificateAuthority ca, TimeSpan within) =>
    [
        .. Purpose.All.Select(purpose => OfAuthority(ca, purpose, within)),
        .. Purpose.All.Select(purpose => OfList(ca, purpose, within)),
        .. ca.Index.Certificates.Select(certificate => OfCertificate(ca, certificate, within)),
    ];

    /// <summary>Whether one of the revocation lists is not as it should be, or ends so soon.</summary>
    public static bool HasListToRenew(CertificateAuthority ca, TimeSpan within) =>
        Purpose.All.Any(purpose => OfList(ca, purpose, within).State != Valid);

    private static InventoryItem OfAuthority(CertificateAuthority ca, Purpose purpose, TimeSpan within)
    {
        var item = new InventoryItem("authority", purpose.Authority, Missing);
        if (ca.Directory.Read(purpose.CertificateFile) is not { } text)
        {
            return item;
        }

        try
        {
            using var certificate = X509Certificate2.CreateFromPem(text);
            var (notBefore, notAfter) = (new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter));
            return item with
            {
                State = StateOf(ca, notAfter, within),
                NotBefore = notBefore,
                NotAfter = notAfter,
                Serial = SerialNumber.TryParse(certificate.SerialNumber, out var serial) ? serial : null,
            };
        }
        catch (CryptographicException)
        {
            return item with { State = Damaged };
        }
    }

    private static InventoryItem OfList(CertificateAuthority ca, Purpose purpose, TimeSpan within)
    {
        var item = new InventoryItem("revocation-list", purpose.RevocationListFile, Missing);
        if (ca.Directory.Read(purpose.RevocationListFile) is not { } text)
        {
            return item;
        }

        return RevocationList.Parse(text) is { } list
            ? item with
            {
                State = list.Number == ca.Index.ListNumber ? StateOf(ca, list.NextUpdate, within) : Stale,
                NotBefore = list.ThisUpdate,
                NotAfter = list.NextUpdate,
            }
            : item with { State = Damaged };
    }

    private static InventoryItem OfCertificate(CertificateAuthority ca, IssuedCertificate certificate, TimeSpan within) =>
        new(
            certificate.Purpose.Name,
            certificate.Name.ToString(),
            certificate.Revocation is null ? StateOf(ca, certificate.NotAfter, within) : Revoked)
        {
            NotBefore = certificate.NotBefore,
            NotAfter = certificate.NotAfter,
            Serial = certificate.Serial,
            Revocation = certificate.Revocation,
        };

    private static string StateOf(CertificateAuthority ca, DateTimeOffset end, TimeSpan within) =>
        ca.Now > end ? Expired
        : ca.Now + within > end ? Expiring
        : Valid;
}
