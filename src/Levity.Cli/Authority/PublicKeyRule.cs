using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;
using Levity.Client.Connection;

namespace Levity.Cli.Authority;

/// <summary>Which keys of others a certificate is made for: those that are strong, and that all our programs can use.</summary>
internal static class PublicKeyRule
{
    private const string MakeAnother = "`levity ca request NAME` makes one with an ECDSA P-256 key";
    private const string P256 = "1.2.840.10045.3.1.7";
    private const string P384 = "1.3.132.0.34";
    private const int ShortestRsa = 2048;
    private const int LongestRsa = 8192;
    private const int SmallestExponent = 65537;

    /// <returns>What is wrong with the key, and what to do; null when nothing is.</returns>
    public static string? Problem(PublicKey key) => key.Oid.Value switch
    {
        KeyAlgorithms.Ecdsa => ProblemOfCurve(key),
        KeyAlgorithms.Rsa => ProblemOfRsa(key),
        var other => ProblemOfAlgorithm(other),
    };

    /// <returns>Null for an algorithm that can be used at all.</returns>
    public static string? ProblemOfAlgorithm(string? algorithm) => algorithm switch
    {
        KeyAlgorithms.Ecdsa or KeyAlgorithms.Rsa => null,
        KeyAlgorithms.Ed25519 => $"it has an Ed25519 key, which levity cannot use: {MakeAnother}",
        _ => $"it has a key of the kind {algorithm}, which levity cannot use: {MakeAnother}",
    };

    private static string? ProblemOfCurve(PublicKey key)
    {
        try
        {
            var curve = new AsnReader(key.EncodedParameters?.RawData ?? [], AsnEncodingRules.DER);
            return curve.ReadObjectIdentifier() is P256 or P384
                ? null
                : $"its key is on another curve than P-256 and P-384: {MakeAnother}";
        }
        catch (AsnContentException)
        {
            return $"its key is on a curve without a name: {MakeAnother}";
        }
    }

    private static string? ProblemOfRsa(PublicKey key)
    {
        using var rsa = key.GetRSAPublicKey()!;
        var exponent = rsa.ExportParameters(includePrivateParameters: false).Exponent!;
        return rsa.KeySize is < ShortestRsa or > LongestRsa
            ? $"its RSA key has {rsa.KeySize} bits, and {ShortestRsa} to {LongestRsa} are wanted: {MakeAnother}"
            : new BigInteger(exponent, isUnsigned: true, isBigEndian: true) < SmallestExponent
                ? $"its RSA key has an exponent below {SmallestExponent}: {MakeAnother}"
                : null;
    }
}
