using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Levity.Client;
using Levity.Client.Connection;
using Levity.Protocol;

namespace Levity.Cli.Authority;

/// <summary>
/// A request for a certificate (PKCS #10). Only the public key is taken from it: who it is for is said by whoever runs the
/// CA, and what else it asks for is not looked at.
/// </summary>
internal static class SigningRequest
{
    private const string Label = "CERTIFICATE REQUEST";

    /// <summary>A key, and the request for a certificate for it.</summary>
    public static (string Key, string Request) Create(UserName name)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name.ToString());
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        return (key.ExportPkcs8PrivateKeyPem() + '\n', request.CreateSigningRequestPem() + '\n');
    }

    /// <summary>The public key in it, whose owner has signed the request.</summary>
    /// <exception cref="CommandException">It cannot be used, or is somebody else's.</exception>
    public static PublicKey Read(Setting file, UserName name)
    {
        var text = PemFile.Read("request", file);
        CommandException Because(string problem, Exception? cause = null) =>
            new($"the request {file} cannot be used: {problem}", cause);
        if (!PemEncoding.TryFind(text, out var block) || text[block.Label] != Label)
        {
            throw Because($"it does not begin with -----BEGIN {Label}-----");
        }

        try
        {
            var encoded = Convert.FromBase64String(text[block.Base64Data]);
            if (PublicKeyRule.ProblemOfAlgorithm(AlgorithmIn(encoded)) is { } unusable)
            {
                throw Because(unusable);
            }

            // This verifies the signature.
            var request = CertificateRequest.LoadSigningRequest(
                encoded, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.Default, RSASignaturePadding.Pkcs1);
            return (PublicKeyRule.Problem(request.PublicKey) ?? ProblemOfName(request.SubjectName, name)) is { } problem
                ? throw Because(problem)
                : request.PublicKey;
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or FormatException)
        {
            throw Because($"it is damaged, or its signature is wrong ({e.Message})", e);
        }
    }

    private static string? ProblemOfName(X500DistinguishedName subject, UserName name) => CommonNames.In(subject) switch
    {
        null => "its name cannot be read",
        [] => null,
        [var only] when only == name.ToString() => null,
        [var only] => $"it is of '{only}', and not of '{name}'",
        _ => "it has more than one Common Name",
    };

    // CertificationRequest (RFC 2986): SEQUENCE { SEQUENCE { version INTEGER, subject SEQUENCE, subjectPKInfo SEQUENCE {
    // algorithm SEQUENCE { OBJECT IDENTIFIER, … }, … }, … }, … }.
    private static string AlgorithmIn(byte[] encoded)
    {
        var info = new AsnReader(encoded, AsnEncodingRules.BER).ReadSequence().ReadSequence();
        info.ReadInteger();
        info.ReadSequence();
        return info.ReadSequence().ReadSequence().ReadObjectIdentifier();
    }
}
