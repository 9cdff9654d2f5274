namespace Levity.Processes;

/// <summary>What the processes of one task use at one moment, together. What is not known is null.</summary>
/// <param name="User">Time in their own code, with that of those which have ended, as far as that is known.</param>
/// <param name="System">Time in the kernel.</param>
/// <param name="MemoryBytes">Memory: as the kernel charges it to a control group, or the sum of resident sets.</param>
/// <param name="MemoryPeakBytes">The most memory that it had at a time, where a control group knows.</param>
/// <param name="Processes">How many are alive.</param>
public readonly record struct Measurement(
    TimeSpan User, TimeSpan System, long? MemoryBytes, long? MemoryPeakBytes, int Processes);
