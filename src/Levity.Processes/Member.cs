using Levity.Processes.ProcFs;

namespace Levity.Processes;

/// <summary>One process for ever, which its number alone is not.</summary>
/// <param name="Pid">The number.</param>
/// <param name="StartTime">When it started, in clock ticks since the machine did.</param>
public readonly record struct Member(int Pid, ulong StartTime)
{
    /// <summary>True while it runs: not when it is a zombie, and not when another process has its number now.</summary>
    internal bool IsAlive =>
        ProcStat.TryRead(Pid) is { IsAlive: true } process && process.StartTime == StartTime;
}
