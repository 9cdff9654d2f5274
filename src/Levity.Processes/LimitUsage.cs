namespace Levity.Processes;

/// <summary>What a task has had of what was limited; null for what was not.</summary>
public readonly record struct LimitUsage
{
    /// <summary>Whether it was refused another process.</summary>
    public bool? ProcessLimitHit { get; init; }

    /// <summary>The most memory that it had at a time, all processes together.</summary>
    public long? MemoryPeakBytes { get; init; }

    /// <summary>For how long its processes were held back, each for itself.</summary>
    public TimeSpan? CpuThrottled { get; init; }
}
