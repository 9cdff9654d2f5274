using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>A CA of one test's own. Its files are in a directory of its own.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly string _directory;
    private readonly X509Certificate2 _certificate;

    public CertificateAuthority(string directory, string name)
    {
        _directory = directory;
        ListFile = Path.Combine(directory, $"{name}.crl");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        _certificate = request.CreateSelfSigned(Now - 30 * Day, Now + 30 * Day);
        CertificateFile = Write($"{name}.crt", _certificate.ExportCertificatePem());
    }

    public string CertificateFile { get; }

    /// <summary>Its revocation list, once there is one.</summary>
    public string ListFile { get; }

    public string Pem => _certificate.ExportCertificatePem();

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>For a server: an IP address or a name.</summary>
    public Identity IssueServer(string file, params string[] hosts)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        var subject = new X500DistinguishedName($"CN={hosts[0]}");
        return Issue(file, subject, [ServerAuthentication], extension: names.Build());
    }

    /// <summary>For a user, until tomorrow.</summary>
    public Identity IssueUser(string file, string commonName) =>
        Issue(file, new X500DistinguishedName($"CN={commonName}"), [ClientAuthentication]);

    /// <summary>For whatever it is to be.</summary>
    /// <param name="file">The files' name, without extension.</param>
    /// <param name="subject">Whom it names.</param>
    /// <param name="usages">Its extended key usage; none at all when empty.</param>
    /// <param name="expiry">From now on; tomorrow when it is null, in the past when it is negative.</param>
    /// <param name="extension">One more.</param>
    public Identity Issue(
        string file,
        X500DistinguishedName subject,
        string[] usages,
        TimeSpan? expiry = null,
        X509Extension? extension = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        if (usages.Length > 0)
        {
            request.CertificateExtensions.Add(
                new X509EnhancedKeyUsageExtension([.. usages.Select(usage => new Oid(usage))], critical: false));
        }

        if (extension is not null)
        {
            request.CertificateExtensions.Add(extension);
        }

        using var certificate = request.Create(
            _certificate, Now - 7 * Day, Now + (expiry ?? Day), RandomNumberGenerator.GetBytes(16));
        return new Identity(
            Write($"{file}.crt", certificate.ExportCertificatePem()),
            Write($"{file}.key", key.ExportPkcs8PrivateKeyPem()));
    }

    /// <summary>Puts a revocation list of these users in the place of the one before.</summary>
    public string Revoke(params IEnumerable<Identity> users)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (var user in users)
        {
            using var certificate = user.Load();
            list.AddEntry(certificate);
        }

        var encoded = list.Build(
            _certificate,
            crlNumber: 1,
            Now + Day,
            HashAlgorithmName.SHA256);
        var text = PemEncoding.WriteString("X509 CRL", encoded);
        File.Move(Write($"{Guid.NewGuid()}.crl", text), ListFile, overwrite: true);
        return ListFile;
    }

    public void Dispose() => _certificate.Dispose();

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        using var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        using var writer = new StreamWriter(stream);
        writer.Write(text);
        return path;
    }
}
