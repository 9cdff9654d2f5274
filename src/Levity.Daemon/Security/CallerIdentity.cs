using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace Levity.Daemon.Security;

/// <summary>
/// Who is calling: the one Common Name of the verified client certificate. A name that could be mistaken for another
/// (two Common Names, look-alike letters, control characters) is no identity.
/// </summary>
internal sealed partial record CallerIdentity(string Name, DateTimeOffset NotAfter)
{
    private const string CommonNameOid = "2.5.4.3";

    private static readonly UniversalTagNumber[] Texts =
    [
        UniversalTagNumber.UTF8String, UniversalTagNumber.PrintableString, UniversalTagNumber.BMPString,
        UniversalTagNumber.T61String, UniversalTagNumber.IA5String,
    ];

    /// <summary>What the interceptors put the caller under in the call's state.</summary>
    public static readonly object Key = new();

    /// <summary>Reads the identity; null, with the reason, when the certificate names nobody in particular.</summary>
    public static CallerIdentity? FromCertificate(X509Certificate2 certificate, out string? refusal)
    {
        var names = CommonNames(certificate);
        refusal = names switch
        {
            null => "the certificate's name cannot be read",
            [] => "the certificate has no Common Name",
            [var only] when IsValid(only) => null,
            [_] => "the certificate's Common Name is not made of 1 to 64 of A-Z a-z 0-9 . _ @ + - beginning with a letter or digit",
            _ => "the certificate has more than one Common Name",
        };

        // NotAfter is given as local time.
        return refusal is null ? new CallerIdentity(names![0], new DateTimeOffset(certificate.NotAfter)) : null;
    }

    public static bool IsValid(string name) => ValidName().IsMatch(name);

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ValidName();

    // Read here and not by X500DistinguishedName, which takes NULs off the end of a name: "alice\0" is not alice.
    private static List<string>? CommonNames(X509Certificate2 certificate)
    {
        var values = new List<string>();
        try
        {
            var name = new AsnReader(certificate.SubjectName.RawData, AsnEncodingRules.BER).ReadSequence();
            while (name.HasData)
            {
                // Several attributes in one set are rare, and a place to hide a second Common Name in.
                var attributes = name.ReadSetOf(skipSortOrderValidation: true);
                while (attributes.HasData)
                {
                    var attribute = attributes.ReadSequence();
                    if (attribute.ReadObjectIdentifier() == CommonNameOid)
                    {
                        values.Add(ReadText(attribute));
                    }
                }
            }

            return values;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static string ReadText(AsnReader value)
    {
        var tag = value.PeekTag();
        return tag.TagClass == TagClass.Universal && Texts.Contains((UniversalTagNumber)tag.TagValue)
            ? value.ReadCharacterString((UniversalTagNumber)tag.TagValue)
            : throw new AsnContentException();
    }
}
