using System.Globalization;
using System.Runtime.InteropServices;

namespace Levity.Bench.Reporting;

/// <summary>What a run was made on, and how busy that was before it began.</summary>
internal sealed record Machine(
    string Processor,
    int Cores,
    long MemoryBytes,
    string Kernel,
    string System,
    string Runtime,
    string FileSystem,
    string LoadBefore)
{
    /// <param name="directory">Where the state directories of the run are.</param>
    public static Machine Describe(string directory) => new(
        Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        1024 * long.Parse(Field("/proc/meminfo", "MemTotal")!.Split(' ')[0], CultureInfo.InvariantCulture),
        File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        DriveOf(directory).DriveFormat,
        File.ReadAllText("/proc/loadavg").Split(' ')[0]);

    public IEnumerable<(string Name, string Value)> Facts() =>
    [
        ("processor", $"{Processor}, {Cores} cores"),
        ("memory", $"{MemoryBytes / (1L << 30)} GiB"),
        ("system", $"{System}, Linux {Kernel}, {Runtime}"),
        ("state directories on", FileSystem),
        ("load average before", LoadBefore),
    ];

    private static string? Field(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?
            .Split(':', 2)[1].Trim();

    // The mount that has the longest name of those that the directory is in.
    private static DriveInfo DriveOf(string directory) => DriveInfo.GetDrives()
        .Where(drive => $"{directory}/".StartsWith($"{drive.Name.TrimEnd('/')}/", StringComparison.Ordinal))
        .MaxBy(drive => drive.Name.Length)!;
}
