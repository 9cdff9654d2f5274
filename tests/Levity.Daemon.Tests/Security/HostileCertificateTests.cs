using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CsCheck;
using Levity.Daemon.Security;
using Levity.Daemon.Security.Trust;
using Levity.Daemon.Tests.Fakes;
using Levity.Daemon.Tests.Security.Trust;
using Levity.Protocol;
using static Levity.Daemon.Tests.Security.TestCertificates;

namespace Levity.Daemon.Tests.Security;

/// <summary>Certificates, names and revocation lists near to good ones: refused or understood, and never anything else.</summary>
public sealed class HostileCertificateTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();
    private readonly X509Certificate2 _authority = NewAuthority();
    private readonly X509Certificate2 _alice;

    public HostileCertificateTests() => _alice = _authority.Issue(new());

    public void Dispose()
    {
        _alice.Dispose();
        _authority.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void A_certificate_names_a_user_or_there_is_a_reason()
    {
        using var two = _authority.Issue(new() { Subject = Name([CommonName("alice")], [CommonName("bob")]) });
        Mutations.Of(_alice.RawData, two.RawData).Sample(
            bytes => !TryLoad(bytes, out var certificate) || IsNamedOrRefused(certificate),
            iter: 5_000,
            threads: 1);
    }

    [Fact]
    public void A_distinguished_name_has_names_or_cannot_be_read()
    {
        var seed = Name([CommonName("alice"), CommonName("bob")], [Attribute("2.5.4.10", writer => writer.WriteNull())]);
        Mutations.Of(seed.RawData).Sample(
            bytes => CommonNames.In(new X500DistinguishedName(bytes)) is null or { Count: < 16 },
            iter: 20_000,
            threads: 1);
    }

    [Fact]
    public void A_list_is_refused_with_its_files_name_or_is_the_one_that_was_signed()
    {
        var list = _authority.Revoke(_alice);
        var pem = Encoding.ASCII.GetBytes(PemEncoding.WriteString("X509 CRL", list));
        Mutations.Of(list, pem).Sample(IsRefusedOrWhole, iter: 3_000, threads: 1);
    }

    private bool IsRefusedOrWhole(byte[] content)
    {
        File.WriteAllBytes(_files["list.crl"], content);
        try
        {
            return RevocationLists.Read(new TrustFile(_files["list.crl"]), [_authority]).Have(CertificateNumber.Of(_alice));
        }
        catch (InvalidCertificateException e)
        {
            return e.Message.Contains($"'{_files["list.crl"]}'", StringComparison.Ordinal);
        }
    }

    private static bool TryLoad(byte[] bytes, out X509Certificate2 certificate)
    {
        certificate = null!;
        try
        {
            certificate = X509CertificateLoader.LoadCertificate(bytes);

            // One whose times .NET cannot read is refused in the handshake: no chain of certificates has it.
            return certificate.NotAfter > certificate.NotBefore;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool IsNamedOrRefused(X509Certificate2 certificate)
    {
        using (certificate)
        {
            var identity = CallerIdentity.FromCertificate(certificate, out var refusal);
            return identity is null ? refusal is { Length: > 0 } : refusal is null && UserName.TryParse(identity.Name, out _);
        }
    }
}
