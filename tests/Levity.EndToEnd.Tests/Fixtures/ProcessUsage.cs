using System.Globalization;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>What a process has of what can be leaked.</summary>
internal sealed record ProcessUsage(int Descriptors, int Threads, long Memory)
{
    // What the runtime makes of its own accord: threads of its pool, and memory that it need not give back yet. What
    // thousands of followers leave behind, be it little, is more.
    private const int MoreThreads = 10;
    private const long MoreMemory = 64L << 20;

    public static ProcessUsage Of(int pid) =>
        new(ProcessTable.OpenDescriptors(pid), (int)Number(pid, "Threads"), 1024 * Number(pid, "VmRSS"));

    public bool IsNoMoreThan(ProcessUsage before) => Descriptors <= before.Descriptors
        && Threads <= before.Threads + MoreThreads
        && Memory <= before.Memory + MoreMemory;

    private static long Number(int pid, string field) => long.Parse(
        File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith($"{field}:", StringComparison.Ordinal))
            .Split(':', 'k')[1],
        CultureInfo.InvariantCulture);
}
