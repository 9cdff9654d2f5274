namespace Levity.Processes;

/// <summary>What a process used, with the children that it waited for: getrusage(2).</summary>
/// <param name="User">Time in its own code.</param>
/// <param name="System">Time in the kernel.</param>
/// <param name="MaxRssBytes">The largest resident set of any one of them, in bytes.</param>
public readonly record struct ProcessUsage(TimeSpan User, TimeSpan System, long MaxRssBytes);
