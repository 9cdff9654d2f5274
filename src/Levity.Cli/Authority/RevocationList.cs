using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Levity.Cli.Authority;

/// <summary>What a revocation list says of itself. Whom it revokes is in the index.</summary>
internal sealed record RevocationList(BigInteger Number, DateTimeOffset ThisUpdate, DateTimeOffset NextUpdate)
{
    public const string Label = "X509 CRL";

    /// <returns>Null when it is not a list.</returns>
    public static RevocationList? Parse(string text)
    {
        try
        {
            CertificateRevocationListBuilder.LoadPem(text, out var number);
            var fields = PemEncoding.Find(text);

            // CertificateList (RFC 5280, 5.1): SEQUENCE { tbsCertList SEQUENCE { version INTEGER, signature SEQUENCE,
            // issuer SEQUENCE, thisUpdate Time, nextUpdate Time, … }, … }.
            var list = new AsnReader(
                Convert.FromBase64String(text[fields.Base64Data]), AsnEncodingRules.DER).ReadSequence().ReadSequence();
            list.ReadInteger();
            list.ReadSequence();
            list.ReadSequence();
            return new RevocationList(number, ReadTime(list), ReadTime(list));
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or FormatException)
        {
            return null;
        }
    }

    private static DateTimeOffset ReadTime(AsnReader fields) =>
        fields.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? fields.ReadUtcTime() : fields.ReadGeneralizedTime();
}
