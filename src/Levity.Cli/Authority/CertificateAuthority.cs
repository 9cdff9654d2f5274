using Levity.Protocol;

namespace Levity.Cli.Authority;

/// <summary>
/// The two authorities in a directory with the index of what they have issued. Whoever has opened it is alone with it
/// until it is disposed of.
/// </summary>
internal sealed class CertificateAuthority : IDisposable
{
    public const int ListDays = 365;

    private readonly TimeProvider _time;

    private CertificateAuthority(CaDirectory directory, CertificateIndex index, TimeProvider time)
    {
        Directory = directory;
        Index = index;
        _time = time;
    }

    public CaDirectory Directory { get; }

    public CertificateIndex Index { get; private set; }

    /// <summary>Now, in whole seconds: certificates know no fractions (RFC 5280, 4.1.2.5).</summary>
    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeSeconds(_time.GetUtcNow().ToUnixTimeSeconds());

    /// <exception cref="CommandException">There is none, or it is damaged.</exception>
    public static async Task<CertificateAuthority> OpenAsync(
        string path, TimeProvider time, CancellationToken cancellationToken)
    {
        var directory = await CaDirectory.OpenAsync(path, create: false, time, cancellationToken);
        try
        {
            var index = ReadIndex(directory)
                ?? throw new CommandException(
                    $"there is no CA in '{path}' (no {IndexFile.Name}): {CaDirectory.HowToBegin(path)}");
            return new CertificateAuthority(directory, index, time);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Makes both authorities, an empty index and the first, empty lists.</summary>
    public static async Task<IReadOnlyList<Outcome>> InitAsync(
        string path, int days, Existing existing, TimeProvider time, CancellationToken cancellationToken)
    {
        using var directory = await CaDirectory.OpenAsync(path, create: true, time, cancellationToken);
        if (existing == Existing.Keep && ReadIndex(directory) is not null)
        {
            return
            [
                .. Purpose.All.Select(purpose =>
                {
                    using var authority = SigningAuthority.Load(directory, purpose);
                    authority.RequireUnexpired(time.GetUtcNow());
                    return new Outcome(Outcome.Kept, directory.PathOf(purpose.CertificateFile), authority.NotAfter);
                }),
            ];
        }

        var files = Purpose.All.SelectMany(purpose => (string[])[purpose.CertificateFile, purpose.KeyFile]);
        if (existing != Existing.Replace && files.Append(IndexFile.Name).FirstOrDefault(directory.Has) is { } file)
        {
            throw new CommandException(
                $"'{directory.PathOf(file)}' is there already: give another directory (--dir DIR), or have all of the "
                + "CA replaced with --force, and nothing that it has issued is good any more");
        }

        var ca = new CertificateAuthority(directory, CertificateIndex.Empty, time);
        var authorities = Purpose.All.Select(each => SigningAuthority.Create(directory, each, ca.Now, days)).ToList();
        return ca.Publish(ca.Index with { ListNumber = 1 }, ListDays, authorities, isNew: true);
    }

    /// <summary>Has the index and the files that belong to it replaced together.</summary>
    public void Change(CertificateIndex index, Action<FileChanges> put)
    {
        Directory.Change(changes =>
        {
            changes.Put(IndexFile.Name, IndexFile.Format(index), FileChanges.Secret);
            put(changes);
        });
        Index = index;
    }

    /// <summary>Takes back what a user or a server has, or the one with this serial number, and publishes the lists.</summary>
    public IReadOnlyList<Outcome> Revoke(string nameOrSerial, string reason)
    {
        var found = Find(nameOrSerial);
        var good = found.Where(certificate => certificate.IsGood(Now)).ToList();
        if (good.Count > 0)
        {
            var revoked = Index.Revoke(good, new Revocation(Now, reason));
            return [.. good.Select(certificate => OutcomeOf(certificate, Now)), .. Publish(revoked, ListDays)];
        }

        var earlier = found.Where(certificate => certificate.Revocation is not null).ToList();
        return earlier.Count > 0
            ? [.. earlier.Select(certificate => OutcomeOf(certificate, certificate.Revocation!.At))]
            : throw new CommandException(
                $"there is nothing to revoke: what '{nameOrSerial}' has expired on {found[^1].NotAfter:u}");
    }

    /// <summary>Signs both lists again, with a new number and a new end.</summary>
    public IReadOnlyList<Outcome> PublishLists(int days) =>
        Publish(Index with { ListNumber = Index.ListNumber + 1 }, days);

    public void Dispose() => Directory.Dispose();

    private static CertificateIndex? ReadIndex(CaDirectory directory)
    {
        try
        {
            return directory.Read(IndexFile.Name) is { } text ? IndexFile.Parse(text) : null;
        }
        catch (FormatException e)
        {
            throw new CommandException(
                $"'{directory.PathOf(IndexFile.Name)}' is damaged, {e.Message}; nothing was changed: bring back a good copy", e);
        }
    }

    private static Outcome OutcomeOf(IssuedCertificate certificate, DateTimeOffset since) =>
        new(Outcome.Revoked, $"{certificate.Purpose.Name} {certificate.Name}, {certificate.Serial}", since);

    private List<IssuedCertificate> Find(string nameOrSerial)
    {
        var found = UserName.TryParse(nameOrSerial, out var name) ? Index.Of(name).ToList() : [];
        if (found.Count == 0
            && SerialNumber.TryParse(nameOrSerial, out var serial)
            && Index.Find(serial) is { } certificate)
        {
            found.Add(certificate);
        }

        return found.Count > 0
            ? found
            : throw new CommandException(
                $"nothing was issued in '{Directory.Path}' to '{nameOrSerial}', and nothing with that serial number: "
                + $"see `levity ca list --dir {Directory.Path}`");
    }

    private List<Outcome> Publish(CertificateIndex index, int days)
    {
        var authorities = Purpose.All.Select(purpose => SigningAuthority.Load(Directory, purpose)).ToList();
        return Publish(index, days, authorities, isNew: false);
    }

    private List<Outcome> Publish(
        CertificateIndex index, int days, List<SigningAuthority> authorities, bool isNew)
    {
        var (now, outcomes) = (Now, new List<Outcome>());
        Change(index, changes =>
        {
            foreach (var authority in authorities)
            {
                if (isNew)
                {
                    outcomes.Add(authority.Put(changes));
                }

                outcomes.Add(authority.PutList(changes, index, now, days));
                authority.Dispose();
            }
        });
        return outcomes;
    }
}
