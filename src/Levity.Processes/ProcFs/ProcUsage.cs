using System.Buffers;
using System.Buffers.Text;
using Levity.Linux;

namespace Levity.Processes.ProcFs;

/// <summary>What one process has used until now, by /proc/PID/stat: proc_pid_stat(5).</summary>
/// <param name="User">In its own code, with that of the children that it has waited for.</param>
/// <param name="System">In the kernel, with theirs.</param>
/// <param name="ResidentBytes">Its memory now. Pages that it shares with others are counted for each of them.</param>
internal readonly record struct ProcUsage(TimeSpan User, TimeSpan System, long ResidentBytes)
{
    // Fields of the file, counted from the state, which is the first after the name.
    private const int UserField = 11;
    private const int ResidentField = 21;

    // What the kernel counts in for programs is 1/100 s wherever .NET runs: USER_HZ of asm-generic/param.h.
    private const int TicksPerSecond = 100;

    /// <summary>Null when there is no such process.</summary>
    internal static ProcUsage? TryRead(int pid)
    {
        var content = new ArrayBufferWriter<byte>();
        return KernelFile.TryRead($"/proc/{pid}/stat", content) ? TryParse(content.WrittenSpan) : null;
    }

    internal static ProcUsage? TryParse(ReadOnlySpan<byte> line)
    {
        // The name may be anything, parentheses and spaces included; nothing after it has a parenthesis.
        var nameEnd = line.LastIndexOf((byte)')');
        if (nameEnd < 0 || nameEnd + 2 > line.Length)
        {
            return null;
        }

        Span<long> numbers = stackalloc long[ResidentField + 1];
        var rest = line[(nameEnd + 2)..];
        var field = 0;
        foreach (var range in rest.Split((byte)' '))
        {
            if (field >= UserField && !Utf8Parser.TryParse(rest[range], out numbers[field], out _))
            {
                return null;
            }

            if (field++ == ResidentField)
            {
                return new ProcUsage(
                    TimeOf(numbers[UserField] + numbers[UserField + 2]),
                    TimeOf(numbers[UserField + 1] + numbers[UserField + 3]),
                    numbers[ResidentField] * Environment.SystemPageSize);
            }
        }

        return null;
    }

    private static TimeSpan TimeOf(long ticks) => TimeSpan.FromTicks(ticks * (TimeSpan.TicksPerSecond / TicksPerSecond));
}
