using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>The size of a terminal in characters: TIOCGWINSZ of ioctl_tty(2).</summary>
public readonly record struct WindowSize(ushort Rows, ushort Columns)
{
    /// <summary>Of a terminal.</summary>
    /// <exception cref="LinuxException">ENOTTY: it is none.</exception>
    public static unsafe WindowSize Of(SafeFileDescriptor terminal)
    {
        Libc.WinSize size;
        return Libc.ioctl(terminal, Libc.TIOCGWINSZ, (nint)(&size)) == 0
            ? new WindowSize(size.Rows, size.Columns)
            : throw new LinuxException("ioctl", Marshal.GetLastPInvokeError(), "TIOCGWINSZ");
    }

    /// <summary>Tells a terminal its size; its foreground processes get SIGWINCH when it is another one than before.</summary>
    /// <exception cref="LinuxException">ENOTTY: it is none.</exception>
    public unsafe void Set(SafeFileDescriptor terminal)
    {
        var size = new Libc.WinSize { Rows = Rows, Columns = Columns };
        if (Libc.ioctl(terminal, Libc.TIOCSWINSZ, (nint)(&size)) == -1)
        {
            throw new LinuxException("ioctl", Marshal.GetLastPInvokeError(), "TIOCSWINSZ");
        }
    }
}
