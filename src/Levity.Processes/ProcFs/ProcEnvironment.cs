using System.Buffers;
using System.Text;
using Levity.Linux;

namespace Levity.Processes.ProcFs;

/// <summary>The environment that a process was started with: proc_pid_environ(5).</summary>
internal static class ProcEnvironment
{
    /// <summary>
    /// The task that a process belongs to by its LEVITY_TASK_ID. A process may have cleared that, and one of another
    /// user does not show it: null then.
    /// </summary>
    internal static string? FindTaskId(int pid)
    {
        var content = new ArrayBufferWriter<byte>();
        return KernelFile.Read($"/proc/{pid}/environ", content) == 0
            ? FindTaskId(content.WrittenSpan)
            : null;
    }

    internal static string? FindTaskId(ReadOnlySpan<byte> environment)
    {
        var marker = "LEVITY_TASK_ID="u8;
        foreach (var variable in environment.Split((byte)0))
        {
            if (environment[variable].StartsWith(marker))
            {
                return Encoding.UTF8.GetString(environment[variable][marker.Length..]);
            }
        }

        return null;
    }
}
