namespace Levity.Processes.Cgroups.Limits;

/// <summary>The limits of one task: where they are in force, and what the kernel tells of them.</summary>
internal sealed class TaskLimits(IReadOnlyList<LimitGroup> groups)
{
    internal static readonly TaskLimits None = new([]);

    internal IReadOnlyList<LimitGroup> Groups => groups;

    /// <summary>Groups that are there for a limit only.</summary>
    internal IEnumerable<Cgroup> OwnGroups => groups.Where(group => !group.IsUnified).Select(group => group.Group);

    /// <summary>
    /// Whether the kernel has killed a process for lack of memory. Version 1 tells it in another file: cgroup-v1/memory.rst,
    /// "OOM Control".
    /// </summary>
    internal bool? OutOfMemory => Find(ControllerKind.Memory) is { } memory
        ? HasHappened(memory.Group, memory.IsUnified ? "memory.events" : "memory.oom_control", "oom_kill")
        : null;

    internal long? MemoryPeak => Find(ControllerKind.Memory) is { } memory
        ? memory.Group.NumberIn(memory.IsUnified ? "memory.peak" : "memory.max_usage_in_bytes")
        : null;

    internal long? MemoryNow => Find(ControllerKind.Memory) is { } memory
        ? memory.Group.NumberIn(memory.IsUnified ? "memory.current" : "memory.usage_in_bytes")
        : null;

    internal LimitUsage Usage => new()
    {
        MemoryPeakBytes = MemoryPeak,
        ProcessLimitHit = Find(ControllerKind.Processes) is { } processes ? HasHappened(processes.Group, "pids.events", "max") : null,
        CpuThrottled = Find(ControllerKind.Cpu) is { } cpu ? ThrottledIn(cpu) : null,
    };

    // In the group or below: a task may have made groups for itself. Version 1 counts in that of who was killed or wanted to fork,
    // and for pids version 2 does so too before Linux 6.12 (cgroup-v2.rst, "pids.events.local").
    private static bool? HasHappened(Cgroup group, string file, string name) => group.CountOf(file, name) is { } times
        ? times > 0 || group.Children().Any(child => HasHappened(child, file, name) == true)
        : null;

    private static TimeSpan? ThrottledIn(LimitGroup cpu) => cpu.IsUnified
        ? cpu.Group.CountOf("cpu.stat", "throttled_usec") is { } micros ? TimeSpan.FromMicroseconds(micros) : null
        : cpu.Group.CountOf("cpu.stat", "throttled_time") is { } nanos ? TimeSpan.FromMicroseconds(nanos / 1000) : null;

    private LimitGroup? Find(ControllerKind kind) => groups.FirstOrDefault(group => group.Kind == kind);
}
