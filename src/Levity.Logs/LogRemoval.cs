using Levity.Linux;

namespace Levity.Logs;

/// <summary>
/// The removal of a log in steps, for who has to remove more than the log: once it has begun no reader finds the log any
/// more, and after a crash it is known that it has begun. Each step can be taken again.
/// </summary>
/// <remarks>What is being removed has another name in the same directory: one rename(2), which is there or is not.</remarks>
public static class LogRemoval
{
    private const string Suffix = ".removed";

    /// <summary>
    /// Begins, durably: whatever happens after this, <see cref="Unfinished"/> has the log until it is gone. Nothing
    /// happens when there is none, or this was done before.
    /// </summary>
    /// <exception cref="LinuxException">open(2): ENOTDIR for a link or a file in its place; renameat(2), fsync(2): EIO,
    /// EROFS …</exception>
    public static void Begin(string logs, string name)
    {
        using var place = LinuxDirectory.TryOpen(logs);
        using var log = LinuxDirectory.TryOpen(Path.Combine(logs, name));
        if (log is not null)
        {
            place!.Rename(name, name + Suffix);
            place.Flush();
        }
    }

    /// <summary>Removes what was written.</summary>
    /// <exception cref="LinuxException">As with <see cref="LogDirectory.Delete"/>.</exception>
    public static void Empty(string logs, string name) => LogDirectory.Empty(Path.Combine(logs, name + Suffix));

    /// <summary>Forgets about it.</summary>
    /// <exception cref="LinuxException">rmdir(2): ENOTEMPTY, EIO …</exception>
    public static void End(string logs, string name) => LinuxDirectory.Remove(Path.Combine(logs, name + Suffix));

    /// <summary>The names of the logs whose removal has begun and has not ended.</summary>
    /// <exception cref="LinuxException">open(2), getdents64(2): EIO …</exception>
    public static IReadOnlyList<string> Unfinished(string logs)
    {
        using var place = LinuxDirectory.TryOpen(logs);
        return
        [
            .. (place?.Names() ?? [])
                .Where(name => name.EndsWith(Suffix, StringComparison.Ordinal))
                .Select(name => name[..^Suffix.Length]),
        ];
    }
}
