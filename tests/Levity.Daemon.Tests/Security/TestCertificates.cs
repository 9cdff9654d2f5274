using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Levity.Daemon.Tests.Security;

/// <summary>What one certificate is to look like; without a word it is a good client certificate of alice.</summary>
internal sealed record CertificateSpec
{
    public X500DistinguishedName Subject { get; init; } = new("CN=alice");

    public DateTimeOffset NotBefore { get; init; } = Now.AddHours(-1);

    public DateTimeOffset NotAfter { get; init; } = Now.AddHours(1);

    public string[] Usages { get; init; } = [TestCertificates.ClientAuthentication];

    public bool IsAuthority { get; init; }

    /// <summary>How many intermediates may stand below an authority; any number when it is null.</summary>
    public int? PathLength { get; init; }

    public IReadOnlyList<X509Extension> Extensions { get; init; } = [];

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();
}

/// <summary>Certificates with their keys, made for one test.</summary>
internal static class TestCertificates
{
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    public const string AnyExtendedKeyUsage = "2.5.29.37.0";

    public static X509Certificate2 NewAuthority(string name = "Test CA") =>
        SelfSigned(new() { Subject = new($"CN={name}"), Usages = [], IsAuthority = true });

    public static X509Certificate2 SelfSigned(CertificateSpec spec)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return RequestFor(spec, key).CreateSelfSigned(spec.NotBefore, spec.NotAfter);
    }

    public static X509Certificate2 Issue(this X509Certificate2 authority, CertificateSpec spec)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = RequestFor(spec, key).Create(
            authority.SubjectName,
            X509SignatureGenerator.CreateForECDsa(authority.GetECDsaPrivateKey()!),
            spec.NotBefore,
            spec.NotAfter,
            RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>A name of relative distinguished names, each of them a set of attributes.</summary>
    public static X500DistinguishedName Name(params Action<AsnWriter>[][] relativeNames) =>
        Name(AsnEncodingRules.DER, relativeNames);

    /// <summary>In BER the attributes of a set stay in the order in which they are given, as DER forbids.</summary>
    public static X500DistinguishedName Name(AsnEncodingRules rules, params Action<AsnWriter>[][] relativeNames)
    {
        var writer = new AsnWriter(rules);
        using (writer.PushSequence())
        {
            foreach (var attributes in relativeNames)
            {
                using (writer.PushSetOf())
                {
                    Array.ForEach(attributes, write => write(writer));
                }
            }
        }

        return new X500DistinguishedName(writer.Encode());
    }

    public static Action<AsnWriter> CommonName(
        string value, UniversalTagNumber encoding = UniversalTagNumber.UTF8String) =>
        Attribute("2.5.4.3", writer => writer.WriteCharacterString(encoding, value));

    public static Action<AsnWriter> Attribute(string type, Action<AsnWriter> writeValue) => writer =>
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(type);
            writeValue(writer);
        }
    };

    private static CertificateRequest RequestFor(CertificateSpec spec, ECDsa key)
    {
        var request = new CertificateRequest(spec.Subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                spec.IsAuthority, spec.PathLength.HasValue, spec.PathLength ?? 0, critical: true));
        if (spec.Usages.Length > 0)
        {
            var usages = new OidCollection();
            Array.ForEach(spec.Usages, usage => usages.Add(new Oid(usage)));
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(usages, critical: false));
        }

        foreach (var extension in spec.Extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        return request;
    }
}
