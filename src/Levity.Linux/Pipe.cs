using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>Pipes for what a child writes, or reads: pipe(7).</summary>
public static class Pipe
{
    /// <summary>How many bytes a new pipe holds, unless the user's share of pipe memory is used up: pipe(7).</summary>
    public const int DefaultCapacity = 65_536;

    /// <summary>
    /// Makes a pipe. Both ends are closed by exec; reading never blocks, writing does, because the writer is a child
    /// that knows nothing of us.
    /// </summary>
    /// <exception cref="LinuxException">pipe2(2): EMFILE, ENFILE.</exception>
    public static (SafeFileDescriptor Read, SafeFileDescriptor Write) Create()
    {
        var (read, write) = CreateBlocking();
        return NeverBlock(read) is var errno && errno == 0 ? (read, write) : throw Failed(errno, read, write);
    }

    /// <summary>Makes a pipe for what a child reads: writing never blocks, reading does.</summary>
    /// <exception cref="LinuxException">pipe2(2): EMFILE, ENFILE.</exception>
    public static (SafeFileDescriptor Read, SafeFileDescriptor Write) CreateForInput()
    {
        var (read, write) = CreateBlocking();
        return NeverBlock(write) is var errno && errno == 0 ? (read, write) : throw Failed(errno, read, write);
    }

    /// <summary>Makes the pipe hold at least <paramref name="bytes"/>: F_SETPIPE_SZ of fcntl(2).</summary>
    /// <returns>False when the user's share of pipe memory is used up (EPERM) or the pipe is too full
    /// (EBUSY).</returns>
    /// <exception cref="LinuxException">Any other error.</exception>
    public static bool GrowCapacity(SafeFileDescriptor pipe, int bytes)
    {
        if (Libc.fcntl(pipe, Libc.F_SETPIPE_SZ, bytes) != -1)
        {
            return true;
        }

        var errno = Marshal.GetLastPInvokeError();
        return errno is Errno.EPERM or Errno.EBUSY ? false : throw new LinuxException("fcntl", errno, "F_SETPIPE_SZ");
    }

    /// <summary>
    /// Gives a pipe to another user, who can open it again then by its name in /proc/self/fd, as <c>&gt; /dev/stderr</c>
    /// does: fchown(2).
    /// </summary>
    /// <exception cref="LinuxException">EPERM without CAP_CHOWN.</exception>
    public static void GiveTo(SafeFileDescriptor pipe, Credentials owner)
    {
        if (Libc.fchown(pipe, owner.UserId, owner.GroupId) == -1)
        {
            throw new LinuxException("fchown", Marshal.GetLastPInvokeError());
        }
    }

    private static unsafe (SafeFileDescriptor Read, SafeFileDescriptor Write) CreateBlocking()
    {
        // Owners first, so that nothing can come between the call and the ownership.
        var read = new SafeFileDescriptor();
        var write = new SafeFileDescriptor();
        var ends = stackalloc int[2];
        if (Libc.pipe2(ends, Libc.O_CLOEXEC) == -1)
        {
            throw new LinuxException("pipe2", Marshal.GetLastPInvokeError());
        }

        read.Own(ends[0]);
        write.Own(ends[1]);
        return (read, write);
    }

    // O_NONBLOCK belongs to the open file description, and the two ends have one each.
    private static int NeverBlock(SafeFileDescriptor end) =>
        Libc.fcntl(end, Libc.F_SETFL, Libc.O_NONBLOCK) == -1 ? Marshal.GetLastPInvokeError() : 0;

    private static LinuxException Failed(int errno, SafeFileDescriptor read, SafeFileDescriptor write)
    {
        read.Dispose();
        write.Dispose();
        return new LinuxException("fcntl", errno, "F_SETFL");
    }
}
