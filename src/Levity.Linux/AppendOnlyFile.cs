using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>A file that a child is given to write its messages to.</summary>
public static class AppendOnlyFile
{
    /// <summary>
    /// Opens a file of mode 0600, making it when it is not there; never through a link. O_APPEND: whoever else writes
    /// to
    /// it, nobody overwrites anybody.
    /// </summary>
    /// <exception cref="LinuxException">open(2): ELOOP for a link, EACCES, ENOSPC …</exception>
    public static SafeFileDescriptor Open(string path)
    {
        const int flags = Libc.O_WRONLY | Libc.O_APPEND | Libc.O_CREAT | Libc.O_CLOEXEC;
        var file = new SafeFileDescriptor();
        var opened = Libc.open(path, flags | Libc.O_NOFOLLOW, 0b110_000_000);
        if (opened == -1)
        {
            throw new LinuxException("open", Marshal.GetLastPInvokeError(), path);
        }

        file.Own(opened);
        return file;
    }
}
