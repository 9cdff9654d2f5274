using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Levity.Protocol;

/// <summary>
/// The Common Names in a distinguished name. Read here and not by <see cref="X500DistinguishedName"/>, which takes NULs
/// off the end of a name: "alice\0" is not alice.
/// </summary>
public static class CommonNames
{
    private const string CommonNameOid = "2.5.4.3";

    private static readonly UniversalTagNumber[] Texts =
    [
        UniversalTagNumber.UTF8String, UniversalTagNumber.PrintableString, UniversalTagNumber.BMPString,
        UniversalTagNumber.T61String, UniversalTagNumber.IA5String,
    ];

    /// <summary>All of them, in their order; null when the name cannot be read.</summary>
    public static IReadOnlyList<string>? In(X500DistinguishedName distinguishedName)
    {
        var values = new List<string>();
        try
        {
            var name = new AsnReader(distinguishedName.RawData, AsnEncodingRules.BER).ReadSequence();
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
