using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Levity.Daemon.Tests.Security.Trust;

/// <summary>Revocation lists, made by .NET.</summary>
internal static class TestLists
{
    private static readonly DateTimeOffset Day = TimeProvider.System.GetUtcNow();

    /// <summary>A list of these certificates, good until tomorrow.</summary>
    public static byte[] Revoke(this X509Certificate2 authority, params IEnumerable<X509Certificate2> certificates) =>
        authority.Revoke(Day.AddDays(1), certificates);

    public static byte[] Revoke(
        this X509Certificate2 authority, DateTimeOffset nextUpdate, params IEnumerable<X509Certificate2> certificates)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (var certificate in certificates)
        {
            list.AddEntry(certificate, reason: X509RevocationReason.KeyCompromise);
        }

        return authority.Build(list, nextUpdate);
    }

    public static byte[] Build(
        this X509Certificate2 authority,
        CertificateRevocationListBuilder list,
        DateTimeOffset? nextUpdate = null,
        HashAlgorithmName? hash = null) =>
        list.Build(
            authority.SubjectName,
            X509SignatureGenerator.CreateForECDsa(authority.GetECDsaPrivateKey()!),
            crlNumber: 1,
            nextUpdate ?? Day.AddDays(1),
            hash ?? HashAlgorithmName.SHA256,
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier([1, 2, 3]),
            thisUpdate: (nextUpdate ?? Day.AddDays(1)).AddDays(-7));
}
