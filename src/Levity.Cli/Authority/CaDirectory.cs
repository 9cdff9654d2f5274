using Levity.Protocol;

namespace Levity.Cli.Authority;

/// <summary>A directory for keys and certificates, held by one <c>levity ca</c> at a time.</summary>
internal sealed class CaDirectory : IDisposable
{
    private const string LockName = "ca.lock";
    private const int EWOULDBLOCK = 11;
    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly FileStream _lock;

    private CaDirectory(string path, FileStream heldLock)
    {
        Path = path;
        _lock = heldLock;
    }

    public string Path { get; }

    /// <summary>Takes the directory, and makes it when that is wanted and it is not there.</summary>
    /// <exception cref="CommandException">It cannot be used.</exception>
    public static async Task<CaDirectory> OpenAsync(
        string path, bool create, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            if (create)
            {
                Directory.CreateDirectory(path, FileChanges.OwnDirectory);
            }
            else if (!Directory.Exists(path))
            {
                throw new CommandException($"there is no directory '{path}': {HowToBegin(path)}");
            }

            RequireOurOwn(path);
            var directory = new CaDirectory(path, await LockAsync(path, time, cancellationToken));
            FileChanges.Finish(path);
            return directory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException($"cannot use the directory '{path}': {FileFailure.OfDirectory(e)}", e);
        }
    }

    /// <summary>What to do when there is no CA.</summary>
    public static string HowToBegin(string path) =>
        $"`levity ca init --dir {path}` makes a CA there, and --dir DIR says where one is";

    /// <summary>For messages, as well as for opening it.</summary>
    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Whether the name is taken, if only by a link to nowhere.</summary>
    public bool Has(string name) =>
        System.IO.Path.Exists(PathOf(name)) || new FileInfo(PathOf(name)).LinkTarget is not null;

    /// <returns>Null when there is no such file.</returns>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public string? Read(string name)
    {
        try
        {
            return Has(name) ? File.ReadAllText(PathOf(name)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot read '{PathOf(name)}': {FileFailure.Of(e, PathOf(name))}", e);
        }
    }

    /// <summary>Has all the files that it is given replaced, or none.</summary>
    /// <exception cref="CommandException">They could not be written.</exception>
    public void Change(Action<FileChanges> put)
    {
        var changes = new FileChanges(Path);
        try
        {
            put(changes);
            changes.Decide();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CommandException)
        {
            changes.Abandon();
            throw e as CommandException
                ?? new CommandException($"cannot write to '{Path}', and nothing was changed in it: {FileFailure.OfDirectory(e)}", e);
        }

        try
        {
            FileChanges.Finish(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                $"all is written to '{Path}', but not all of it is in its place; `levity ca list` goes on with that: "
                + FileFailure.OfDirectory(e),
                e);
        }
    }

    public void Dispose() => _lock.Dispose();

    // Who may write to it can put another key, or a link, in the place of each file.
    private static void RequireOurOwn(string path)
    {
        var mode = File.GetUnixFileMode(path);
        if ((mode & WritableByOthers) != 0)
        {
            throw new CommandException(
                $"other users may write to the directory '{path}' (mode {Convert.ToString((int)mode, 8)}): "
                + $"chmod 700 {path}, once nothing in it is anybody else's");
        }
    }

    // FileShare.None is flock(2), which ends with the process, however that ends. Waiting for it (LOCK_EX without
    // LOCK_NB) is not to be had from managed code: hence the next try, some milliseconds later.
    private static async Task<FileStream> LockAsync(
        string directory, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = System.IO.Path.Combine(directory, LockName);
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw new CommandException($"'{path}' is a link, and would be followed: remove it");
        }

        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.Write,
                    Share = FileShare.None,
                    UnixCreateMode = FileChanges.Secret,
                });
            }
            catch (IOException e) when (e.HResult == EWOULDBLOCK)
            {
                if (time.GetElapsedTime(began) > Patience)
                {
                    throw new CommandException(
                        $"another `levity ca` has held '{path}' for a minute: wait for its end, or see what it waits for", e);
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(2, 20)), time, cancellationToken);
        }
    }
}
