using System.Globalization;

namespace Levity.Daemon.Registry.Sqlite;

/// <summary>
/// Where damaged files of a registry go: beside it, with the time in their names. They are never changed or removed.
/// </summary>
internal sealed class Quarantine(string path)
{
    private const string Infix = ".damaged-";

    public static string WalOf(string database) => $"{database}-wal";

    /// <summary>Moves the files aside: their new name.</summary>
    public string SetAside(DateTimeOffset now)
    {
        var time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture);
        var aside = $"{path}{Infix}{time}";
        for (var number = 2; File.Exists(aside) || File.Exists(WalOf(aside)); number++)
        {
            aside = $"{path}{Infix}{time}.{number}";
        }

        Move(path, aside);
        Move(WalOf(path), WalOf(aside));
        return aside;
    }

    /// <summary>
    /// The files that were set aside last, when nothing has taken their place: levityd ended before it had salvaged what
    /// was in them.
    /// </summary>
    public string? FindUnfinished()
    {
        if (File.Exists(path))
        {
            return null;
        }

        var aside = Directory.EnumerateFiles(Path.GetDirectoryName(path)!, $"{Path.GetFileName(path)}{Infix}*")
            .Select(file => file.EndsWith("-wal", StringComparison.Ordinal) ? file[..^"-wal".Length] : file)
            .Max(StringComparer.Ordinal);
        if (aside is not null && !File.Exists(WalOf(aside)))
        {
            Move(WalOf(path), WalOf(aside));
        }

        return aside;
    }

    private static void Move(string from, string to)
    {
        if (File.Exists(from) || Directory.Exists(from))
        {
            Directory.Move(from, to);
        }
    }
}
