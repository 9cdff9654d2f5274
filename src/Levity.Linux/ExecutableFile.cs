using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>Tells whether a file could be executed, without doing so.</summary>
public static unsafe class ExecutableFile
{
    /// <summary>Checks what execve(2) checks of the file itself, before it looks inside.</summary>
    /// <param name="directory">Where a path that is not absolute begins.</param>
    /// <param name="path">Bytes, without a NUL.</param>
    /// <returns>
    /// 0, EACCES when it may not be executed or is not a regular file, or the errno of the look-up: ENOENT, ENOTDIR …
    /// </returns>
    [SkipLocalsInit]
    public static int Check(SafeFileDescriptor directory, ReadOnlySpan<byte> path)
    {
        var bytes = stackalloc byte[Libc.PATH_MAX];
        var errno = CString.Terminate(path, new Span<byte>(bytes, Libc.PATH_MAX));
        if (errno != 0)
        {
            return errno;
        }

        if (Libc.faccessat(directory, bytes, Libc.X_OK, Libc.AT_EACCESS) == -1)
        {
            return Marshal.GetLastPInvokeError();
        }

        // X_OK on a directory is the right to enter it.
        var status = stackalloc byte[Libc.StatxSize];
        if (Libc.statx(directory, bytes, 0, Libc.STATX_TYPE, status) == -1)
        {
            return Marshal.GetLastPInvokeError();
        }

        var mode = *(ushort*)(status + Libc.StatxModeOffset);
        return (mode & Libc.S_IFMT) == Libc.S_IFREG ? 0 : Errno.EACCES;
    }
}
