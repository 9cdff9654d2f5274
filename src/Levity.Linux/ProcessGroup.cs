using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>Signals a whole process group in one go: kill(2).</summary>
public static class ProcessGroup
{
    /// <summary>
    /// Sends a signal to all processes of a group. None of them can fork out of it meanwhile, as with one call for
    /// each.
    /// The group must be known to exist, as that of a child that has not been reaped is.
    /// </summary>
    /// <returns>False when there was nobody to signal.</returns>
    /// <exception cref="LinuxException">EINVAL for a number that is no signal.</exception>
    public static bool TrySignal(int group, int signo)
    {
        // 0 would be our own group, and 1 everybody's.
        ArgumentOutOfRangeException.ThrowIfLessThan(group, 2);
        if (Libc.kill(-group, signo) == 0)
        {
            return true;
        }

        var errno = Marshal.GetLastPInvokeError();
        return errno is Errno.ESRCH or Errno.EPERM
            ? false
            : throw new LinuxException("kill", errno, Signals.Name(signo));
    }
}
