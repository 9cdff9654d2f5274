using System.Globalization;
using System.Text;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>What runs on this machine: proc(5).</summary>
internal static class ProcessTable
{
    /// <summary>The living processes of a task: each has inherited its environment, and the dead have none.</summary>
    public static IReadOnlyList<int> OfTask(string taskId) =>
        WithWord("environ", word => word == $"LEVITY_TASK_ID={taskId}");

    /// <summary>The living processes that have this word among their arguments.</summary>
    public static IReadOnlyList<int> WithArgument(string argument) => WithWord("cmdline", word => word == argument);

    public static IReadOnlyList<ProcessEntry> All() => [.. Pids().Select(ProcessEntry.Find).OfType<ProcessEntry>()];

    /// <summary>
    /// How many descriptors it has, without those of programs and assemblies: .NET loads one whenever it is needed for
    /// the first time, be it for an exception under load, and keeps its file open (that of the program, when it is in it).
    /// </summary>
    public static int OpenDescriptors(int pid)
    {
        var program = new FileInfo($"/proc/{pid}/exe").LinkTarget;
        return OpenFiles(pid).Count(path => path != program && !path.EndsWith(".dll", StringComparison.Ordinal));
    }

    /// <summary>The paths of the files that the process has open.</summary>
    public static IEnumerable<string> OpenFiles(int pid) => Directory.GetFileSystemEntries($"/proc/{pid}/fd")
        .Select(path => new FileInfo(path).LinkTarget).OfType<string>();

    /// <summary>The largest resident set that the process has had so far, in bytes.</summary>
    public static long PeakMemory(int pid) => 1024 * long.Parse(
        File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Split(':', 'k')[1],
        CultureInfo.InvariantCulture);

    /// <summary>The processes that have such a word in this file of theirs, environ or cmdline.</summary>
    public static IReadOnlyList<int> WithWord(string file, Func<string, bool> wanted) =>
        [.. Pids().Where(pid => ReadText($"/proc/{pid}/{file}") is { } text && text.Split('\0').Any(wanted))];

    private static IEnumerable<int> Pids() => Directory.EnumerateDirectories("/proc")
        .Select(path => Path.GetFileName(path))
        .Where(name => name.All(char.IsAsciiDigit))
        .Select(name => int.Parse(name, CultureInfo.InvariantCulture));

    /// <summary>Null when the process has gone meanwhile, or is not for us to look at.</summary>
    internal static string? ReadText(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>One line of the table.</summary>
internal sealed record ProcessEntry(int Pid, char State, int Parent, int Group, int Session)
{
    /// <summary>Null when there is no such process.</summary>
    public static ProcessEntry? Find(int pid)
    {
        if (ProcessTable.ReadText($"/proc/{pid}/stat") is not { Length: > 0 } stat)
        {
            return null;
        }

        // "1234 (name) S 1 1234 1234 …": the name may have anything in it.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessEntry(pid, fields[0][0], Number(fields[1]), Number(fields[2]), Number(fields[3]));
    }

    private static int Number(string field) => int.Parse(field, CultureInfo.InvariantCulture);
}
