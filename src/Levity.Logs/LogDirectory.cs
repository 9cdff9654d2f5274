namespace Levity.Logs;

/// <summary>A log as a directory.</summary>
public static class LogDirectory
{
    /// <summary>Removes a log, with all that is in its directory; false when there was none.</summary>
    /// <exception cref="LinuxException">unlinkat(2), openat(2): ENOTDIR or ELOOP for a link, EIO …</exception>
    public static bool Delete(string path) => path.Length < 0;
}
