using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Levity.Daemon.Security.Trust;

/// <summary>Whether a revocation list is really of the authority that it names.</summary>
internal static class RevocationSignature
{
    // RFC 5758, 3.2; RFC 4055, 5.
    private static readonly Dictionary<string, HashAlgorithmName> EcdsaHashes = new()
    {
        ["1.2.840.10045.4.3.2"] = HashAlgorithmName.SHA256,
        ["1.2.840.10045.4.3.3"] = HashAlgorithmName.SHA384,
        ["1.2.840.10045.4.3.4"] = HashAlgorithmName.SHA512,
    };

    private static readonly Dictionary<string, HashAlgorithmName> RsaHashes = new()
    {
        ["1.2.840.113549.1.1.11"] = HashAlgorithmName.SHA256,
        ["1.2.840.113549.1.1.12"] = HashAlgorithmName.SHA384,
        ["1.2.840.113549.1.1.13"] = HashAlgorithmName.SHA512,
    };

    /// <exception cref="InvalidDataException">None of the roots has signed it.</exception>
    public static void Require(RevocationList list, X509Certificate2Collection roots)
    {
        if (!EcdsaHashes.ContainsKey(list.SignatureAlgorithm) && !RsaHashes.ContainsKey(list.SignatureAlgorithm))
        {
            throw new InvalidDataException(
                $"it is signed by an algorithm ({list.SignatureAlgorithm}) other than ECDSA or RSA (PKCS #1) with SHA-256, "
                + "SHA-384 or SHA-512");
        }

        X509Certificate2[] named =
            [.. roots.Where(root => root.SubjectName.RawData.AsSpan().SequenceEqual(list.Issuer.Span))];
        var issuer = new X500DistinguishedName(list.Issuer.Span).Name;
        if (named.Length == 0)
        {
            throw new InvalidDataException($"it is of '{issuer}', which is none of the CAs that clients' certificates are of");
        }

        if (!named.Any(root => MaySign(root) && HasSigned(root, list)))
        {
            throw new InvalidDataException($"it says that it is of '{issuer}', but is not signed by that CA");
        }
    }

    // RFC 5280, 4.2.1.3: a CA that says what its key is for must say that it is for this too.
    private static bool MaySign(X509Certificate2 root) => root.Extensions.OfType<X509KeyUsageExtension>()
        .All(usage => usage.KeyUsages.HasFlag(X509KeyUsageFlags.CrlSign));

    private static bool HasSigned(X509Certificate2 root, RevocationList list)
    {
        var signed = list.SignedBytes.Span;
        var signature = list.Signature.Span;
        if (EcdsaHashes.TryGetValue(list.SignatureAlgorithm, out var hash))
        {
            using var ecdsa = root.GetECDsaPublicKey();
            return ecdsa?.VerifyData(signed, signature, hash, DSASignatureFormat.Rfc3279DerSequence) == true;
        }

        using var rsa = root.GetRSAPublicKey();
        return rsa?.VerifyData(signed, signature, RsaHashes[list.SignatureAlgorithm], RSASignaturePadding.Pkcs1) == true;
    }
}
