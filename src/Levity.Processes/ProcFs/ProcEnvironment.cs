using System.Buffers;
using System.Text;
using Levity.Linux;

namespace Levity.Processes.ProcFs;

/// <summary>The environment that a process was started with: proc_pid_environ(5).</summary>
internal static class ProcEnvironment
{
    private const int MaxLooks = 50;

    /// <summary>
    /// The task that a process belongs to by its LEVITY_TASK_ID. A process may have cleared that, and one of another
    /// user does not show it: null then.
    /// </summary>
    internal static string? FindTaskId(int pid)
    {
        // In the middle of an exec there is neither an environment nor a command line, for a moment.
        var wait = new SpinWait();
        var environment = Read(pid, "environ");
        for (var look = 1; environment.IsEmpty && look < MaxLooks && IsExecuting(pid); look++)
        {
            wait.SpinOnce();
            environment = Read(pid, "environ");
        }

        // That moment may have ended between the last two looks.
        environment = environment.IsEmpty ? Read(pid, "environ") : environment;
        return FindTaskId(environment);
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

    private static bool IsExecuting(int pid) =>
        ProcStat.TryRead(pid) is { IsAlive: true, IsKernelThread: false } && Read(pid, "cmdline").IsEmpty;

    private static ReadOnlySpan<byte> Read(int pid, string file)
    {
        var content = new ArrayBufferWriter<byte>();
        return KernelFile.TryRead($"/proc/{pid}/{file}", content) ? content.WrittenSpan : [];
    }
}
