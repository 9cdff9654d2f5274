using System.Runtime.InteropServices;

namespace Levity.Linux;

// pipe(2), read(2), write(2), fcntl(2), eventfd(2), memfd_create(2), epoll(7).
internal static unsafe partial class Libc
{
    internal const int O_RDONLY = 0;
    internal const int O_WRONLY = 1;
    internal const int O_NONBLOCK = 0x800;
    internal const int O_CLOEXEC = 0x80000;

    internal const int F_SETFD = 2;
    internal const int F_DUPFD_CLOEXEC = 1030;
    internal const int F_GETFL = 3;
    internal const int F_SETFL = 4;
    internal const int F_SETPIPE_SZ = 1031;

    internal const int EFD_CLOEXEC = O_CLOEXEC;
    internal const int EFD_NONBLOCK = O_NONBLOCK;

    internal const uint MFD_CLOEXEC = 1;

    internal const int EPOLL_CLOEXEC = O_CLOEXEC;
    internal const int EPOLL_CTL_ADD = 1;
    internal const int EPOLL_CTL_DEL = 2;
    internal const int EPOLL_CTL_MOD = 3;

    /// <summary>
    /// True when the call that has just failed was only disturbed by a signal and is to be made again.
    /// </summary>
    internal static bool Interrupted => Marshal.GetLastPInvokeError() == Errno.EINTR;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int pipe2(int* descriptors, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int dup2(SafeFileDescriptor from, int to);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint read(SafeFileDescriptor fd, byte* buffer, nint count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint pread(SafeFileDescriptor fd, byte* buffer, nint count, long offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint write(SafeFileDescriptor fd, byte* buffer, nint count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fcntl(SafeHandle fd, int command, int argument);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeFileDescriptor memfd_create(string name, uint flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial SafeFileDescriptor eventfd(uint initial, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial SafeFileDescriptor epoll_create1(int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int epoll_ctl(SafeFileDescriptor epoll, int operation, SafeFileDescriptor fd, byte* ev);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int epoll_wait(SafeFileDescriptor epoll, byte* events, int count, int timeout);
}
