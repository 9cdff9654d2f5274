using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>A file that a child is given to write its messages to.</summary>
public static class AppendOnlyFile
{
    private const int PathMax = 4096;

    // asm-generic/fcntl.h
    private const int O_APPEND = 0x400;

    /// <summary>
    /// Opens a file of mode 0600, making it when it is not there; never through a link. O_APPEND: whoever else writes to
    /// it, nobody overwrites anybody.
    /// </summary>
    /// <exception cref="LinuxException">open(2): ELOOP for a link, EACCES, ENOSPC …</exception>
    public static unsafe SafeFileDescriptor Open(string path)
    {
        const int flags = Libc.O_WRONLY | O_APPEND | Libc.O_CREAT | Libc.O_CLOEXEC;
        var terminated = stackalloc byte[PathMax];
        var errno = CString.Terminate(path, new Span<byte>(terminated, PathMax));
        if (errno != 0)
        {
            throw new LinuxException("open", errno, path);
        }

        var file = Libc.open(terminated, flags | Libc.O_NOFOLLOW, 0b110_000_000);
        return file.IsInvalid ? throw new LinuxException("open", Marshal.GetLastPInvokeError(), path) : file;
    }
}
