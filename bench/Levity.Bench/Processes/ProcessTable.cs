using System.Globalization;

namespace Levity.Bench.Processes;

/// <summary>What runs on this machine: proc(5).</summary>
internal static class ProcessTable
{
    /// <summary>The processes that have this word among their arguments.</summary>
    public static IReadOnlyList<int> WithArgument(string argument) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid != 0 && ReadText(pid, "cmdline").Split('\0').Contains(argument)),
    ];

    /// <summary>
    /// A process's share of physical memory in bytes: what it has for itself, and of what several processes share its
    /// part. The sum over processes counts nothing twice.
    /// </summary>
    public static long ProportionalMemory(int pid) => 1024 * long.Parse(
        ReadText(pid, "smaps_rollup").Split('\n').First(line => line.StartsWith("Pss:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    // Empty when the process has gone meanwhile.
    private static string ReadText(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
