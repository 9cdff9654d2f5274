namespace Levity.Processes.Cgroups;

/// <summary>A task that began its life in the nursery.</summary>
internal sealed record Newborn(int LeaderPid, string TaskId);
