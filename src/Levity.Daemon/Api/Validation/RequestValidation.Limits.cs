using Levity.Protocol;

namespace Levity.Daemon.Api.Validation;

internal static partial class RequestValidation
{
    // With less than that hardly a program gets as far as its own code.
    private const long LeastMemory = 1024 * 1024;

    // The kernel's own: a quota of 1 ms in 100 ms (sched-bwc.rst), and PID_MAX_LIMIT of linux/threads.h.
    private const long LeastCpu = 10;
    private const long MostCpu = 10_000_000;
    private const long MostProcesses = 4 * 1024 * 1024;

    private static void Check(ResourceLimits limits)
    {
        CheckLimit("memory_bytes", limits.MemoryBytes, LeastMemory, long.MaxValue);
        CheckLimit("cpu_millis", limits.CpuMillis, LeastCpu, MostCpu);
        CheckLimit("processes", limits.Processes, 1, MostProcesses);
    }

    private static void CheckLimit(string field, long value, long least, long most)
    {
        if (value != 0 && (value < least || value > most))
        {
            throw RpcErrors.Invalid(
                $"limits.{field}", most == long.MaxValue
                    ? $"{value} is not possible: at least {least}, or 0 for no limit"
                    : $"{value} is not possible: from {least} to {most}, or 0 for no limit");
        }
    }
}
