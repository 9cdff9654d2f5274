using Levity.Linux;

namespace Levity.Logs;

/// <summary>A log as a directory.</summary>
public static class LogDirectory
{
    /// <summary>
    /// Removes a log, with all files in its directory; false when there was none. Readers that have it open may read
    /// on. After an interruption it can be called again.
    /// </summary>
    /// <exception cref="LinuxException">openat(2), unlinkat(2), rmdir(2): ENOTDIR or ELOOP for a link, EISDIR for
    /// a directory inside, EIO …</exception>
    public static bool Delete(string path)
    {
        Empty(path);
        return LinuxDirectory.Remove(path);
    }

    /// <summary>Removes all files of a log and leaves its directory, if there is one.</summary>
    /// <exception cref="LinuxException">As with <see cref="Delete"/>.</exception>
    internal static void Empty(string path)
    {
        using var directory = LinuxDirectory.TryOpen(path);
        foreach (var name in directory?.Names() ?? [])
        {
            directory!.Unlink(name);
        }
    }
}
