using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Levity.Client.Connection;

/// <summary>Tells what kind of private key is in a PEM file: the wrong kind gets an answer that helps.</summary>
internal static class PrivateKeyFile
{
    /// <returns>The object identifier of the key's algorithm.</returns>
    /// <exception cref="LevityException">There is no private key in it that could be read.</exception>
    public static string AlgorithmOf(string text, Setting file)
    {
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var block))
        {
            switch (rest[block.Label])
            {
                case "EC PRIVATE KEY":
                    return KeyAlgorithms.Ecdsa;
                case "RSA PRIVATE KEY":
                    return KeyAlgorithms.Rsa;
                case "PRIVATE KEY":
                    return AlgorithmInside(Convert.FromBase64String(rest[block.Base64Data].ToString()), file);
                case "ENCRYPTED PRIVATE KEY":
                    throw new LevityException(
                        LevityErrorKind.Configuration,
                        $"the key {file} is encrypted, and levity asks for no passphrase: decrypt it (openssl pkey)");
                default:
                    rest = rest[block.Location.End..];
                    break;
            }
        }

        throw new LevityException(
            LevityErrorKind.Configuration, $"the key file {file} has no private key in it (PEM, -----BEGIN PRIVATE KEY-----)");
    }

    // PrivateKeyInfo (RFC 5208): SEQUENCE { version INTEGER, algorithm SEQUENCE { OBJECT IDENTIFIER, … }, … }.
    private static string AlgorithmInside(byte[] encoded, Setting file)
    {
        try
        {
            var info = new AsnReader(encoded, AsnEncodingRules.BER).ReadSequence();
            info.ReadInteger();
            return info.ReadSequence().ReadObjectIdentifier();
        }
        catch (AsnContentException e)
        {
            throw new LevityException(LevityErrorKind.Configuration, $"the key file {file} is damaged: {e.Message}", e);
        }
    }
}
