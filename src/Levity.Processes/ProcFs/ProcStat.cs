using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Levity.Linux;

namespace Levity.Processes.ProcFs;

/// <summary>What /proc/PID/stat says of one process at one moment.</summary>
/// <param name="Pid">Its number, which only together with <paramref name="StartTime"/> means one process for
/// ever.</param>
/// <param name="ParentPid">Its parent.</param>
/// <param name="Session">Its session: the number of the process that made it.</param>
/// <param name="IsAlive">False for a zombie.</param>
/// <param name="IsKernelThread">True for what is no process but a part of the kernel.</param>
/// <param name="StartTime">When it started, in clock ticks since the machine did.</param>
internal readonly record struct ProcStat(
    int Pid, int ParentPid, int Session, bool IsAlive, bool IsKernelThread, ulong StartTime)
{
    // Fields of proc_pid_stat(5), counted from the state, which is the first after the name.
    private const int StateField = 0;
    private const int ParentField = 1;
    private const int SessionField = 3;
    private const int FlagsField = 6;
    private const int ThreadsField = 17;
    private const int StartTimeField = 19;

    // PF_KTHREAD of linux/sched.h
    private const uint KernelThread = 0x0020_0000;

    /// <summary>Null when there is no such process.</summary>
    internal static ProcStat? TryRead(int pid)
    {
        var content = new ArrayBufferWriter<byte>();
        return KernelFile.TryRead($"/proc/{pid}/stat", content)
            ? TryParse(pid, content.WrittenSpan)
            : null;
    }

    /// <summary>The name that the kernel has for it, also when it is a zombie; null when there is no such process.</summary>
    internal static string? NameOf(int pid)
    {
        var content = new ArrayBufferWriter<byte>();
        return KernelFile.TryRead($"/proc/{pid}/stat", content) ? NameIn(content.WrittenSpan) : null;
    }

    internal static string? NameIn(ReadOnlySpan<byte> line)
    {
        var (begin, end) = (line.IndexOf((byte)'(') + 1, line.LastIndexOf((byte)')'));
        return begin > 0 && end >= begin ? Encoding.UTF8.GetString(line[begin..end]) : null;
    }

    internal static ProcStat? TryParse(int pid, ReadOnlySpan<byte> line)
    {
        // The name may be anything, parentheses and spaces included; nothing after it has a parenthesis.
        var nameEnd = line.LastIndexOf((byte)')');
        if (nameEnd < 0 || nameEnd + 2 > line.Length)
        {
            return null;
        }

        var rest = line[(nameEnd + 2)..];
        Span<Range> fields = stackalloc Range[StartTimeField + 2];
        if (Split(rest, fields) <= StartTimeField
            || !Utf8Parser.TryParse(rest[fields[ParentField]], out int parent, out _)
            || !Utf8Parser.TryParse(rest[fields[SessionField]], out int session, out _)
            || !Utf8Parser.TryParse(rest[fields[FlagsField]], out uint flags, out _)
            || !Utf8Parser.TryParse(rest[fields[ThreadsField]], out int threads, out _)
            || !Utf8Parser.TryParse(rest[fields[StartTimeField]], out ulong startTime, out _))
        {
            return null;
        }

        // The state is that of the first thread, which may have ended before the others.
        var state = rest[fields[StateField]][0];
        var isAlive = state is not ((byte)'Z' or (byte)'X') || threads > 1;
        return new ProcStat(pid, parent, session, isAlive, (flags & KernelThread) != 0, startTime);
    }

    private static int Split(ReadOnlySpan<byte> line, Span<Range> fields)
    {
        var count = 0;
        foreach (var field in line.Split((byte)' '))
        {
            if (count == fields.Length)
            {
                break;
            }

            fields[count++] = field;
        }

        return count;
    }
}
