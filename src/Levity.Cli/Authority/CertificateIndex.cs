using Levity.Protocol;

namespace Levity.Cli.Authority;

/// <summary>All that was issued in a directory, oldest first, and the number of its newest revocation lists.</summary>
internal sealed record CertificateIndex(IReadOnlyList<IssuedCertificate> Certificates, long ListNumber)
{
    public static CertificateIndex Empty { get; } = new([], 0);

    public IEnumerable<IssuedCertificate> Of(UserName name) =>
        Certificates.Where(certificate => certificate.Name == name);

    public IssuedCertificate? Find(SerialNumber serial) =>
        Certificates.FirstOrDefault(certificate => certificate.Serial == serial);

    public CertificateIndex With(IssuedCertificate certificate) =>
        this with { Certificates = [.. Certificates, certificate] };

    /// <summary>With these taken back, and with a number for the lists that say so.</summary>
    public CertificateIndex Revoke(IReadOnlyCollection<IssuedCertificate> revoked, Revocation revocation) => this with
    {
        Certificates =
        [
            .. Certificates.Select(certificate =>
                revoked.Contains(certificate) ? certificate with { Revocation = revocation } : certificate),
        ],
        ListNumber = ListNumber + 1,
    };
}
