namespace Levity.Processes;

/// <summary>One process for ever, which its number alone is not.</summary>
/// <param name="Pid">The number.</param>
/// <param name="StartTime">When it started, in clock ticks since the machine did.</param>
internal readonly record struct Member(int Pid, ulong StartTime);
