using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Levity.Client.Connection;

namespace Levity.Cli.Authority;

/// <summary>One of the two authorities: its certificate with the key, which signs certificates and revocation lists.</summary>
internal sealed class SigningAuthority : IDisposable
{
    // No two authorities have the same name, so that an old and a new one are told from each other.
    private const int DigitsInName = 8;
    private const UnixFileMode OfOthers = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    // Clocks differ: what is signed here is good on a machine whose clock is a little behind.
    private static readonly TimeSpan Backdating = TimeSpan.FromMinutes(5);

    private readonly X509Certificate2 _certificate;
    private readonly Purpose _purpose;
    private readonly string _file;

    private SigningAuthority(X509Certificate2 certificate, Purpose purpose, string file)
    {
        _certificate = certificate;
        _purpose = purpose;
        _file = file;
    }

    public DateTimeOffset NotBefore => new(_certificate.NotBefore);

    public DateTimeOffset NotAfter => new(_certificate.NotAfter);

    /// <summary>Makes a new one, of which there is no file yet.</summary>
    public static SigningAuthority Create(CaDirectory directory, Purpose purpose, DateTimeOffset now, int days)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var serial = SerialNumber.New();
        var name = NameOf($"{purpose.AuthorityName} {serial.ToString()[..DigitsInName]}");
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var certificate = request.Create(
            request.SubjectName,
            X509SignatureGenerator.CreateForECDsa(key),
            now - Backdating,
            now.AddDays(days),
            serial.ToByteArray());
        return new SigningAuthority(
            certificate.CopyWithPrivateKey(key), purpose, directory.PathOf(purpose.CertificateFile));
    }

    /// <exception cref="CommandException">Its files are not there, or cannot be used.</exception>
    public static SigningAuthority Load(CaDirectory directory, Purpose purpose)
    {
        var file = directory.PathOf(purpose.CertificateFile);
        var keyFile = directory.PathOf(purpose.KeyFile);
        string Text(string name) => directory.Read(name) ?? throw new CommandException(
            $"'{directory.PathOf(name)}' is missing: bring it back, for nothing can be signed without it");
        var (certificateText, keyText) = (Text(purpose.CertificateFile), Text(purpose.KeyFile));
        if ((File.GetUnixFileMode(keyFile) & OfOthers) != 0)
        {
            throw new CommandException($"'{keyFile}' can be read by others: chmod 600 it, if nobody has done so yet");
        }

        try
        {
            var certificate = X509Certificate2.CreateFromPem(certificateText, keyText);
            return certificate.GetKeyAlgorithm() == KeyAlgorithms.Ecdsa && HasIdentifier(certificate)
                ? new SigningAuthority(certificate, purpose, file)
                : throw new CommandException($"'{file}' was not made by `levity ca init`, and cannot be used for this");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CommandException($"'{file}' and '{keyFile}' cannot be used together: {e.Message}", e);
        }
    }

    public Outcome Put(FileChanges changes)
    {
        using var key = _certificate.GetECDsaPrivateKey()!;
        changes.Put(_purpose.KeyFile, key.ExportPkcs8PrivateKeyPem() + '\n', FileChanges.Secret);
        changes.Put(_purpose.CertificateFile, _certificate.ExportCertificatePem() + '\n', FileChanges.Public);
        return new Outcome(Outcome.Made, _file, NotAfter);
    }

    /// <exception cref="CommandException">It has expired.</exception>
    public void RequireUnexpired(DateTimeOffset now)
    {
        if (now > NotAfter)
        {
            throw new CommandException($"'{_file}' expired on {NotAfter:u}: make new authorities, in another directory");
        }
    }

    /// <summary>From when until when a certificate that is made now may be valid.</summary>
    /// <param name="days">For so long; as long as our own at most when it is not said.</param>
    /// <exception cref="CommandException">We are not valid for so long.</exception>
    public (DateTimeOffset NotBefore, DateTimeOffset NotAfter) Validity(DateTimeOffset now, int? days, int otherwise)
    {
        RequireUnexpired(now);
        var end = now.AddDays(days ?? otherwise);
        if (days is not null && end > NotAfter)
        {
            throw new CommandException(
                $"'{_file}' itself ends on {NotAfter:u}: give --days {(int)(NotAfter - now).TotalDays} at most");
        }

        var begin = now - Backdating;
        return (begin < NotBefore ? NotBefore : begin, end < NotAfter ? end : NotAfter);
    }

    /// <returns>The certificate, PEM.</returns>
    public string Issue(IssuedCertificate issued, PublicKey key, X509Extension? alternativeNames)
    {
        var request = new CertificateRequest(NameOf(issued.Name.ToString()), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(_purpose.ExtendedKeyUsage)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(key, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            _certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        if (alternativeNames is not null)
        {
            request.CertificateExtensions.Add(alternativeNames);
        }

        using var privateKey = _certificate.GetECDsaPrivateKey()!;
        using var certificate = request.Create(
            _certificate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(privateKey),
            issued.NotBefore,
            issued.NotAfter,
            issued.Serial.ToByteArray());
        return certificate.ExportCertificatePem() + '\n';
    }

    /// <summary>Lists what is revoked and has not expired.</summary>
    public Outcome PutList(FileChanges changes, CertificateIndex index, DateTimeOffset now, int days)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (var certificate in index.Certificates.Where(each => each.Purpose == _purpose && !each.HasExpired(now)))
        {
            if (certificate.Revocation is { } revocation)
            {
                list.AddEntry(
                    certificate.Serial.ToByteArray(), revocation.At, RevocationReasons.Of(revocation.Reason));
            }
        }

        var nextUpdate = now.AddDays(days);
        var encoded = list.Build(
            _certificate,
            index.ListNumber,
            nextUpdate,
            HashAlgorithmName.SHA256,
            rsaSignaturePadding: null,
            thisUpdate: now - Backdating);
        changes.Put(
            _purpose.RevocationListFile, PemEncoding.WriteString(RevocationList.Label, encoded) + '\n', FileChanges.Public);
        return new Outcome(Outcome.Made, Path.ChangeExtension(_file, ".crl"), nextUpdate);
    }

    public void Dispose() => _certificate.Dispose();

    private static bool HasIdentifier(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Any();

    private static X500DistinguishedName NameOf(string commonName)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(commonName);
        return name.Build();
    }
}
