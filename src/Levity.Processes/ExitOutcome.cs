namespace Levity.Processes;

/// <summary>How a process ended. Either it exited or a signal ended it: exactly one of the two is given.</summary>
/// <param name="ExitCode">The code of a real exit, 0 to 255.</param>
/// <param name="Signal">The signal, one of <see cref="Linux.Signals"/>.</param>
/// <param name="Usage">What it used.</param>
public readonly record struct ExitOutcome(int? ExitCode, int? Signal, ProcessUsage Usage);
