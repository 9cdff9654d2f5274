using System.Globalization;

namespace Levity.Processes.Cgroups.Limits;

/// <summary>
/// A controller of the kernel, and the files by which it is told a limit: cgroup-v2.rst, and cgroup-v1/memory.rst,
/// cgroup-v1/pids.rst, scheduler/sched-bwc.rst.
/// </summary>
internal sealed class ControllerKind
{
    // The kernel's default. A quota is at least a hundredth of it.
    private const int PeriodMicroseconds = 100_000;
    private const int MillisPerProcessor = 1000;

    internal static readonly ControllerKind Memory = new("memory", limits => limits.MemoryBytes);
    internal static readonly ControllerKind Cpu = new("cpu", limits => limits.CpuMillis);
    internal static readonly ControllerKind Processes = new("pids", limits => limits.Processes);

    private readonly Func<ResourceLimits, long?> _limit;

    private ControllerKind(string name, Func<ResourceLimits, long?> limit) => (Name, _limit) = (name, limit);

    internal static IReadOnlyList<ControllerKind> All { get; } = [Memory, Cpu, Processes];

    /// <summary>As the kernel calls it.</summary>
    internal string Name { get; }

    internal bool IsNeededFor(ResourceLimits limits) => _limit(limits) is not null;

    /// <summary>What to write where, in this order. What is about swap is not there on every kernel.</summary>
    internal IReadOnlyList<(string File, string Value, bool IsOptional)> SettingsFor(ResourceLimits limits, bool isUnified)
    {
        var value = _limit(limits)!.Value.ToString(CultureInfo.InvariantCulture);
        if (this == Processes)
        {
            return [("pids.max", value, false)];
        }

        if (this == Cpu)
        {
            var quota = (_limit(limits)!.Value * PeriodMicroseconds / MillisPerProcessor).ToString(CultureInfo.InvariantCulture);
            return isUnified
                ? [("cpu.max", $"{quota} {PeriodMicroseconds}", false)]
                : [("cpu.cfs_period_us", $"{PeriodMicroseconds}", false), ("cpu.cfs_quota_us", quota, false)];
        }

        // Without the second, what is over the limit would go to the swap, and on without end.
        return isUnified
            ? [("memory.max", value, false), ("memory.swap.max", "0", true)]
            : [("memory.limit_in_bytes", value, false), ("memory.memsw.limit_in_bytes", value, true)];
    }
}
