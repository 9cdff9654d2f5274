namespace Levity.Processes;

/// <summary>What all processes of a task may use together; null for what is not limited.</summary>
public sealed record ResourceLimits
{
    public long? MemoryBytes { get; init; }

    /// <summary>In thousandths of a processor.</summary>
    public long? CpuMillis { get; init; }

    /// <summary>Processes and threads alive at a time.</summary>
    public long? Processes { get; init; }
}
