namespace Levity.Processes;

/// <summary>What a process used, with the children that it waited for: getrusage(2).</summary>
/// <param name="User">Time in its own code.</param>
/// <param name="System">Time in the kernel.</param>
/// <param name="MaxRssBytes">
/// The largest resident set of any one of them, in bytes, or that of this process at the time of the start if that was
/// larger: the kernel counts from the fork on, not from the exec, and tells nobody which of the two it was.
/// </param>
public readonly record struct ProcessUsage(TimeSpan User, TimeSpan System, long MaxRssBytes);
