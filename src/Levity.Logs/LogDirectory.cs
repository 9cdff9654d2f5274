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
        using (var directory = LinuxDirectory.TryOpen(path))
        {
            foreach (var name in directory?.Names() ?? [])
            {
                directory!.Unlink(name);
            }
        }

        return LinuxDirectory.Remove(path);
    }

    /// <summary>
    /// As <see cref="Delete"/>, and waits until that is on the disk: whoever deletes what points to the log after this
    /// will not have the log back after a loss of power.
    /// </summary>
    /// <exception cref="LinuxException">As with <see cref="Delete"/>; fsync(2): EIO …</exception>
    public static bool DeleteDurably(string path)
    {
        var deleted = Delete(path);
        using var parent = LinuxDirectory.TryOpen(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path))!);
        parent?.Flush();
        return deleted;
    }
}
