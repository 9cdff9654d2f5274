using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Levity.Bench.UnderTest;

/// <summary>
/// Throw-away certificates of one run, as PEM files that only we can read: two CAs, a server for loopback, a user. Both
/// sides use the same ones.
/// </summary>
internal sealed record Certificates(string Directory)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public string ServerCa => Path.Combine(Directory, "server-ca.crt");

    public string ClientCa => Path.Combine(Directory, "client-ca.crt");

    public string ServerCertificate => Path.Combine(Directory, "server.crt");

    public string ServerKey => Path.Combine(Directory, "server.key");

    public string UserCertificate => Path.Combine(Directory, "user.crt");

    public string UserKey => Path.Combine(Directory, "user.key");

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>Makes them, in a new directory.</summary>
    public static Certificates Create(string directory)
    {
        System.IO.Directory.CreateDirectory(
            directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var files = new Certificates(directory);
        using var serverCa = MakeAuthority("bench server CA", files.ServerCa);
        using var clientCa = MakeAuthority("bench client CA", files.ClientCa);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        Issue(serverCa, "localhost", ServerAuthentication, names.Build(), files.ServerCertificate, files.ServerKey);
        Issue(clientCa, "bench", ClientAuthentication, null, files.UserCertificate, files.UserKey);
        return files;
    }

    private static X509Certificate2 MakeAuthority(string name, string file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        var certificate = request.CreateSelfSigned(Now - Hour, Now + 24 * Hour);
        Write(file, certificate.ExportCertificatePem());
        return certificate;
    }

    private static void Issue(
        X509Certificate2 authority,
        string name,
        string usage,
        X509Extension? names,
        string certificateFile,
        string keyFile)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }

        using var certificate = request.Create(
            authority, Now - Hour, Now + 12 * Hour, RandomNumberGenerator.GetBytes(16));
        Write(certificateFile, certificate.ExportCertificatePem());
        Write(keyFile, key.ExportPkcs8PrivateKeyPem());
    }

    private static void Write(string path, string text)
    {
        using var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        using var writer = new StreamWriter(stream);
        writer.Write(text);
    }
}
