using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>How many descriptors a process may have open: RLIMIT_NOFILE of getrlimit(2).</summary>
public static unsafe class DescriptorLimit
{
    /// <summary>The number of this process to prlimit(2).</summary>
    public const int ThisProcess = 0;

    /// <summary>Raises the limit of this process as far as it goes. Children inherit that.</summary>
    /// <returns>The limit until now, for those that are to have it again.</returns>
    /// <exception cref="LinuxException">prlimit(2).</exception>
    public static ulong RaiseToMaximum()
    {
        var limit = Get();
        var raised = limit with { Soft = limit.Hard };
        if (Libc.prlimit(ThisProcess, Libc.RLIMIT_NOFILE, &raised, null) == -1)
        {
            throw new LinuxException("prlimit", Marshal.GetLastPInvokeError(), "RLIMIT_NOFILE");
        }

        return limit.Soft;
    }

    /// <summary>
    /// Sets the limit of a child, or of this process, which it may raise again itself. Programs that close all they might
    /// have open, or that use select(2), need a low one.
    /// </summary>
    /// <returns>False when it is gone, or is not ours to limit.</returns>
    public static bool TrySet(int pid, ulong limit)
    {
        Libc.RLimit current;
        if (Libc.prlimit(pid, Libc.RLIMIT_NOFILE, null, &current) == -1)
        {
            return false;
        }

        current.Soft = Math.Min(limit, current.Hard);
        return Libc.prlimit(pid, Libc.RLIMIT_NOFILE, &current, null) == 0;
    }

    /// <summary>
    /// Tells whether this process can still open so many more. As the kernel gives out the lowest free number, the
    /// number of the newest tells.
    /// </summary>
    /// <exception cref="LinuxException">prlimit(2).</exception>
    public static bool LeavesRoom(SafeFileDescriptor newest, int more) =>
        (ulong)newest.DangerousGetHandle() + (ulong)more < Get().Soft;

    private static Libc.RLimit Get()
    {
        Libc.RLimit limit;
        return Libc.prlimit(ThisProcess, Libc.RLIMIT_NOFILE, null, &limit) == 0
            ? limit
            : throw new LinuxException("prlimit", Marshal.GetLastPInvokeError(), "RLIMIT_NOFILE");
    }
}
