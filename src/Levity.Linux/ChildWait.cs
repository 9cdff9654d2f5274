using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>Waiting for children: waitid(2), wait4(2).</summary>
public static unsafe class ChildWait
{
    /// <summary>Finds a child that has ended, and leaves it as it is.</summary>
    /// <returns>False when none has, or there are no children.</returns>
    /// <exception cref="LinuxException">waitid(2).</exception>
    public static bool TryPeek(out int pid)
    {
        var info = stackalloc byte[Libc.SigInfoSize];
        new Span<byte>(info, Libc.SigInfoSize).Clear();
        int result;
        do
        {
            result = Libc.waitid(Libc.P_ALL, 0, info, Libc.WEXITED | Libc.WNOHANG | Libc.WNOWAIT);
        }
        while (result == -1 && Libc.Interrupted);

        if (result == -1 && Marshal.GetLastPInvokeError() is var errno && errno != Errno.ECHILD)
        {
            throw new LinuxException("waitid", errno);
        }

        pid = BinaryPrimitives.ReadInt32LittleEndian(
            new ReadOnlySpan<byte>(info + Libc.SigInfoPidOffset, sizeof(int)));
        return pid != 0;
    }

    /// <summary>Waits until a child has ended, and leaves it as it is; returns at once while there is such a one.</summary>
    /// <returns>False when there are no children.</returns>
    /// <exception cref="LinuxException">waitid(2).</exception>
    public static bool WaitForAny()
    {
        var info = stackalloc byte[Libc.SigInfoSize];
        while (Libc.waitid(Libc.P_ALL, 0, info, Libc.WEXITED | Libc.WNOWAIT) == -1)
        {
            var errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.EINTR)
            {
                return errno == Errno.ECHILD ? false : throw new LinuxException("waitid", errno);
            }
        }

        return true;
    }

    /// <summary>Takes the status of a child that has ended: its number may be another process's from now on.</summary>
    /// <exception cref="LinuxException">ECHILD when it is no child of ours, EAGAIN when it has not ended.</exception>
    public static WaitStatus Reap(int pid)
    {
        int status;
        Libc.RUsage usage;
        var reaped = Libc.wait4(pid, &status, Libc.WNOHANG, &usage);
        if (reaped != pid)
        {
            throw new LinuxException("wait4", reaped == 0 ? Errno.EAGAIN : Marshal.GetLastPInvokeError(), $"{pid}");
        }

        return new WaitStatus(
            status,
            ToTimeSpan(usage.UserSeconds, usage.UserMicroseconds),
            ToTimeSpan(usage.SystemSeconds, usage.SystemMicroseconds),
            usage.MaxRssKiB * 1024);
    }

    private static TimeSpan ToTimeSpan(long seconds, long microseconds) =>
        new(seconds * TimeSpan.TicksPerSecond + microseconds * TimeSpan.TicksPerMicrosecond);
}
