using System.Text;
using Levity.Linux;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Hosting;

/// <summary>The state directory: for its user only, and for one levityd at a time.</summary>
internal sealed class StateDirectory : IDisposable
{
    // unix(7): sun_path has 108 bytes, the last one for the NUL.
    private const int LongestSocketPath = 107;

    private const string LockName = "levityd.lock";

    private readonly LinuxFile _lock;

    private StateDirectory(string path, LinuxFile heldLock)
    {
        Path = path;
        _lock = heldLock;
    }

    public string Path { get; }

    public string Registry => System.IO.Path.Combine(Path, "registry.db");

    public string Logs => System.IO.Path.Combine(Path, ControlProtocol.LogsName);

    /// <summary>Makes the directory when it is not there and takes it. Throws <see cref="StartupException"/>.</summary>
    public static StateDirectory Open(string path)
    {
        if (path.Length == 0)
        {
            throw new StartupException("the path of the state directory is empty");
        }

        path = System.IO.Path.GetFullPath(path);
        var socket = System.IO.Path.Combine(path, ControlProtocol.SocketName);
        if (Encoding.UTF8.GetByteCount(socket) > LongestSocketPath)
        {
            throw new StartupException(
                $"the state directory's path is too long for a Unix socket in it: '{socket}' exceeds {LongestSocketPath} "
                + "bytes; give a shorter one with --state-dir");
        }

        try
        {
            const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            Directory.CreateDirectory(path, ownerOnly);
            RequirePrivate(path, ownerOnly);
            return new StateDirectory(path, Lock(path));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartupException($"cannot use the state directory '{path}': {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new StartupException($"cannot use the state directory '{path}': {e.Message}", e);
        }
    }

    /// <summary>
    /// Throws <see cref="StartupException"/> when what has this path is not the directory that was taken: it was deleted or
    /// moved, and the one that is there now may be another levityd's, with tasks that are none of ours.
    /// </summary>
    /// <exception cref="LinuxException">Nobody knows: EMFILE …</exception>
    public void RequireOurs()
    {
        using var directory = LinuxDirectory.TryOpen($"{Path}/.");
        using var file = directory?.TryOpenRead(LockName);
        if (file?.Identity != _lock.Identity)
        {
            throw new StartupException(
                $"the state directory '{Path}' is not the one that this levityd has, which was deleted or moved: it ends, so "
                + "that it touches nothing of what is there now");
        }
    }

    public void Dispose() => _lock.Dispose();

    // It ends with the process, however that ends.
    private static LinuxFile Lock(string path)
    {
        using var directory = LinuxDirectory.TryOpen($"{path}/.") ?? throw new LinuxException("open", Errno.ENOENT, path);
        var file = directory.OpenOrCreateFile(LockName);
        try
        {
            return file.TryLock()
                ? file
                : throw new StartupException($"cannot use the state directory '{path}': another levityd is running on it");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void RequirePrivate(string path, UnixFileMode ownerOnly)
    {
        // Closed to all but its user is not enough: somebody may have made it for us, and would put links into it. Root may
        // enter anything.
        using var directory = LinuxDirectory.TryOpen($"{path}/.");
        if (directory?.IsOurs != true)
        {
            throw new StartupException(
                $"the state directory '{path}' belongs to another user: give another with --state-dir, or chown it to uid "
                + $"{CurrentUser.EffectiveId} once nothing in it is anybody else's");
        }

        if ((File.GetUnixFileMode(path) & ~ownerOnly) != 0)
        {
            throw new StartupException(
                $"the state directory '{path}' is open to other users: chmod 700 '{path}', or give another with --state-dir");
        }
    }
}

/// <summary>levityd cannot start with what it was given; the message is for the operator.</summary>
internal sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
