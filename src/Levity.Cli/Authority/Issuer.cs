using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Levity.Client.Connection;
using Levity.Protocol;

namespace Levity.Cli.Authority;

/// <summary>Gives certificates to servers and users, and renews them.</summary>
internal sealed class Issuer(CertificateAuthority ca)
{
    private const string AlternativeNamesOid = "2.5.29.17";

    private readonly CaDirectory _directory = ca.Directory;

    public Outcome Issue(IssueRequest request)
    {
        RequireOwnName(request);
        if (request.Existing == Existing.Keep && _directory.Has(request.CertificateFile))
        {
            return IssueUnlessGood(request);
        }

        if (request.Existing != Existing.Replace)
        {
            RequireFree(request.CertificateFile);
            if (request.Key is null)
            {
                RequireFree(request.KeyFile);
            }
        }

        if (request.Key is not null)
        {
            RequireKeyOf(request, request.Key);
        }

        return Make(request, Outcome.Made);
    }

    /// <summary>
    /// Another certificate for the same key, name and hosts, in the place of the last one, which stays good until its end.
    /// </summary>
    public Outcome Renew(UserName name, int? days)
    {
        var newest = ca.Index.Of(name).LastOrDefault()
            ?? throw new CommandException($"nothing was issued in '{_directory.Path}' to '{name}': see `levity ca list`");
        var (certificate, issued) = ReadCertificate(
            $"{name}.crt",
            name,
            orElse: $"`levity ca issue-{newest.Purpose.Name} {name} --force` makes another, with a new key");
        using (certificate)
        {
            var asLong = Math.Max(1, (int)(issued.NotAfter - issued.NotBefore).TotalDays);
            var request = new IssueRequest(
                issued.Purpose, name, certificate.PublicKey, NamesOf(certificate), days, Existing.Replace)
            {
                UsualDays = asLong,
            };
            return Make(request, Outcome.Renewed);
        }
    }

    /// <summary>Who has a good certificate that ends before this.</summary>
    public IEnumerable<UserName> EndingBefore(DateTimeOffset end) =>
        from certificate in ca.Index.Certificates
        group certificate by certificate.Name into ofOne
        let newest = ofOne.Last()
        where newest.IsGood(ca.Now) && newest.NotAfter < end
        select ofOne.Key;

    private static X509Extension? NamesOf(X509Certificate2 certificate) =>
        certificate.Extensions.FirstOrDefault(extension => extension.Oid?.Value == AlternativeNamesOid);

    private static bool IsSame(PublicKey one, PublicKey other) =>
        one.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(other.ExportSubjectPublicKeyInfo());

    private Outcome IssueUnlessGood(IssueRequest request)
    {
        var (certificate, issued) = ReadCertificate(
            request.CertificateFile, request.Name, orElse: "--force in place of --keep replaces it");
        using (certificate)
        {
            var key = request.Key ?? certificate.PublicKey;
            RequireKeyOf(request, key);
            var isAsWanted = !issued.HasExpired(ca.Now)
                && IsSame(key, certificate.PublicKey)
                && (request.Names is null
                    || request.Names.RawData.AsSpan().SequenceEqual(NamesOf(certificate)?.RawData));
            return isAsWanted
                ? new Outcome(Outcome.Kept, _directory.PathOf(request.CertificateFile), issued.NotAfter)
                : Make(request, Outcome.Renewed);
        }
    }

    private Outcome Make(IssueRequest request, string verb)
    {
        using var pair = request.Key is null ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : null;
        using var authority = SigningAuthority.Load(_directory, request.Purpose);
        var (notBefore, notAfter) = authority.Validity(ca.Now, request.Days, request.UsualDays);
        var issued = new IssuedCertificate(SerialNumber.New(), request.Purpose, request.Name, notBefore, notAfter);
        var certificate = authority.Issue(issued, request.Key ?? new PublicKey(pair!), request.Names);
        ca.Change(ca.Index.With(issued), changes =>
        {
            changes.Put(request.CertificateFile, certificate, FileChanges.Public);
            if (pair is not null)
            {
                changes.Put(request.KeyFile, pair.ExportPkcs8PrivateKeyPem() + '\n', FileChanges.Secret);
            }
        });
        return new Outcome(verb, _directory.PathOf(request.CertificateFile), notAfter);
    }

    /// <summary>A certificate of ours that was not revoked, from its file.</summary>
    private (X509Certificate2 Certificate, IssuedCertificate Issued) ReadCertificate(
        string file, UserName name, string orElse)
    {
        var path = _directory.PathOf(file);
        var text = _directory.Read(file) ?? throw new CommandException($"'{path}' is missing: bring it back, or {orElse}");
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(text);
        }
        catch (CryptographicException e)
        {
            throw new CommandException($"'{path}' is damaged: {orElse} ({e.Message})", e);
        }

        var issued = SerialNumber.TryParse(certificate.SerialNumber, out var serial) ? ca.Index.Find(serial) : null;
        return issued switch
        {
            null => throw new CommandException($"'{path}' was not issued by this CA: {orElse}"),
            { Revocation: { } revocation } =>
                throw new CommandException($"'{path}' was revoked on {revocation.At:u}: {orElse}"),
            _ when issued.Name != name => throw new CommandException($"'{path}' is of '{issued.Name}': {orElse}"),
            _ => (certificate, issued),
        };
    }

    // The files of all are in one directory, so a name is a server's or a user's.
    private void RequireOwnName(IssueRequest request)
    {
        var isUsualServer = request.Purpose == Purpose.Server && request.Name.ToString() == Purpose.Server.Name;
        if (Purpose.IsReserved(request.Name) && !isUsualServer)
        {
            throw new CommandException($"'{request.Name}' names other files of the CA: give another name");
        }

        if (ca.Index.Of(request.Name).FirstOrDefault(other => other.Purpose != request.Purpose) is { } taken)
        {
            throw new CommandException($"'{request.Name}' is a {taken.Purpose.Name} here: give another name");
        }
    }

    private void RequireFree(string file)
    {
        if (_directory.Has(file))
        {
            throw new CommandException(
                $"'{_directory.PathOf(file)}' is there already: --force replaces it, and `levity ca renew` renews a certificate");
        }
    }

    // The private key that lies beside the certificate, if there is one, has to be its own.
    private void RequireKeyOf(IssueRequest request, PublicKey key)
    {
        if (_directory.Read(request.KeyFile) is not { } text)
        {
            return;
        }

        try
        {
            using AsymmetricAlgorithm own = key.Oid.Value == KeyAlgorithms.Rsa ? RSA.Create() : ECDsa.Create();
            own.ImportFromPem(text);
            if (own.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
            {
                return;
            }
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // Not this kind of key, or none: told below.
        }

        throw new CommandException(
            $"'{_directory.PathOf(request.KeyFile)}' does not belong to this certificate: move it away");
    }
}
