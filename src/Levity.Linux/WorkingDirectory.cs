using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>
/// A directory that a program is to be started in, held so that it cannot be another one a moment later.
/// </summary>
public static unsafe class WorkingDirectory
{
    /// <summary>Opens a directory and makes sure that it may be entered.</summary>
    /// <param name="path">Bytes, without a NUL.</param>
    /// <param name="directory">The directory; invalid unless 0 is returned.</param>
    /// <returns>0 or the errno: ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG, EMFILE …</returns>
    [SkipLocalsInit]
    public static int TryOpen(ReadOnlySpan<byte> path, out SafeFileDescriptor directory)
    {
        directory = new SafeFileDescriptor();
        var bytes = stackalloc byte[Libc.PATH_MAX];
        var errno = CString.Terminate(path, new Span<byte>(bytes, Libc.PATH_MAX));
        if (errno != 0)
        {
            return errno;
        }

        do
        {
            directory = Libc.open(bytes, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0);
        }
        while (directory.IsInvalid && Libc.Interrupted);

        if (directory.IsInvalid)
        {
            return Marshal.GetLastPInvokeError();
        }

        // Looking up "." needs the right to search the directory, which is what entering it needs.
        fixed (byte* self = "."u8)
        {
            return Libc.faccessat(directory, self, Libc.X_OK, Libc.AT_EACCESS) == 0
                ? 0
                : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Enters it: fchdir(2).</summary>
    /// <returns>0 or the errno.</returns>
    public static int Enter(SafeFileDescriptor directory) =>
        Libc.fchdir(directory) == 0 ? 0 : Marshal.GetLastPInvokeError();
}
