using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>
/// Holds on to one process, whatever becomes of its number: pidfd_open(2). The way to signal a process that is not our
/// child, since nothing keeps the number of such a process from being given to another.
/// </summary>
public sealed class PidFd : IDisposable
{
    private PidFd(SafeFileDescriptor descriptor) => Descriptor = descriptor;

    /// <summary>Readable once the process has ended.</summary>
    public SafeFileDescriptor Descriptor { get; }

    /// <summary>
    /// Takes hold of the process that has this number now. Check after this, not before, that it is the process meant.
    /// </summary>
    /// <returns>Null when there is no such process.</returns>
    /// <exception cref="LinuxException">pidfd_open(2): EMFILE, ENFILE.</exception>
    public static PidFd? TryOpen(int pid)
    {
        var owner = new SafeFileDescriptor();
        var descriptor = Libc.pidfd_open(Libc.SYS_pidfd_open, pid, 0);
        if (descriptor != -1)
        {
            owner.Own((int)descriptor);
            return new PidFd(owner);
        }

        // EINVAL: the number of a thread that is not its process's first.
        var errno = Marshal.GetLastPInvokeError();
        return errno is Errno.ESRCH or Errno.EINVAL ? null : throw new LinuxException("pidfd_open", errno, $"{pid}");
    }

    /// <summary>Sends a signal: pidfd_send_signal(2).</summary>
    /// <returns>False when the process is gone (ESRCH) or is not ours to signal (EPERM).</returns>
    /// <exception cref="LinuxException">EINVAL for a number that is no signal.</exception>
    public bool TrySignal(int signo)
    {
        if (Libc.pidfd_send_signal(Libc.SYS_pidfd_send_signal, Descriptor, signo, 0, 0) == 0)
        {
            return true;
        }

        var errno = Marshal.GetLastPInvokeError();
        return errno is Errno.ESRCH or Errno.EPERM
            ? false
            : throw new LinuxException("pidfd_send_signal", errno, Signals.Name(signo));
    }

    /// <summary>Waits for the end of the process, which need not be our child: poll(2).</summary>
    /// <param name="timeoutMs">Milliseconds; -1 for no end.</param>
    /// <returns>False when it is still alive, or a signal came first.</returns>
    /// <exception cref="LinuxException">ENOMEM.</exception>
    public unsafe bool WaitForEnd(int timeoutMs)
    {
        var held = false;
        try
        {
            Descriptor.DangerousAddRef(ref held);
            var one = new Libc.PollFd { Descriptor = (int)Descriptor.DangerousGetHandle(), Events = Libc.POLLIN };
            var ready = Libc.poll(&one, 1, timeoutMs);
            return ready == -1 && !Libc.Interrupted
                ? throw new LinuxException("poll", Marshal.GetLastPInvokeError())
                : ready == 1;
        }
        finally
        {
            if (held)
            {
                Descriptor.DangerousRelease();
            }
        }
    }

    public void Dispose() => Descriptor.Dispose();
}
