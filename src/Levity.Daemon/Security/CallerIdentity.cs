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

    /// <summary>What the interceptors put the caller under in the call's state.</summary>
    public static readonly object Key = new();

    /// <summary>Reads the identity; null, with the reason, when the certificate names nobody in particular.</summary>
    public static CallerIdentity? FromCertificate(X509Certificate2 certificate, out string? refusal)
    {
        var names = CommonNames(certificate).ToList();
        refusal = names switch
        {
            [] => "the certificate has no Common Name",
            [var only] when IsValid(only) => null,
            [_] => "the certificate's Common Name is not made of 1 to 64 of A-Z a-z 0-9 . _ @ + - beginning with a letter or digit",
            _ => "the certificate has more than one Common Name",
        };

        // NotAfter is given as local time.
        return refusal is null ? new CallerIdentity(names[0], new DateTimeOffset(certificate.NotAfter)) : null;
    }

    public static bool IsValid(string name) => ValidName().IsMatch(name);

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ValidName();

    private static IEnumerable<string> CommonNames(X509Certificate2 certificate)
    {
        foreach (var name in certificate.SubjectName.EnumerateRelativeDistinguishedNames(reversed: false))
        {
            if (name.HasMultipleElements)
            {
                // Several attributes in one RDN: rare, and a place to hide a second Common Name in.
                foreach (var value in CommonNamesOf(name))
                {
                    yield return value;
                }
            }
            else if (name.GetSingleElementType().Value == CommonNameOid)
            {
                yield return name.GetSingleElementValue() ?? string.Empty;
            }
        }
    }

    private static List<string> CommonNamesOf(X500RelativeDistinguishedName name)
    {
        var values = new List<string>();
        var set = new AsnReader(name.RawData, AsnEncodingRules.DER).ReadSetOf();
        while (set.HasData)
        {
            var attribute = set.ReadSequence();
            if (attribute.ReadObjectIdentifier() == CommonNameOid)
            {
                var tag = attribute.PeekTag();
                values.Add(attribute.ReadCharacterString((UniversalTagNumber)tag.TagValue));
            }
        }

        return values;
    }
}
