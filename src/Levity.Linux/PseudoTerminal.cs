using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>A terminal that is a pair of descriptors, one for who uses it and one for who plays the screen: pty(7).</summary>
public static unsafe class PseudoTerminal
{
    /// <summary>
    /// Makes a terminal. Both are closed by exec, and none is the controlling terminal of this process. The controlling
    /// side never blocks; the other does, because it is for a child that knows nothing of us. When that is open nowhere any
    /// more, reading from the controlling side comes to its end.
    /// </summary>
    /// <exception cref="LinuxException">EMFILE, ENFILE; ENOSPC: the machine has no more; ENOENT: none at all.</exception>
    public static (SafeFileDescriptor Controlling, SafeFileDescriptor Terminal) Create(WindowSize size)
    {
        var errno = KernelFile.Open(
            "/dev/ptmx", Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_NONBLOCK, out var controlling);
        if (errno != 0)
        {
            throw new LinuxException("open", errno, "/dev/ptmx");
        }

        try
        {
            // What unlockpt(3) and ptsname(3) do, without a name: that may be another one's in this mount namespace.
            var locked = 0;
            Check(Libc.ioctl(controlling, Libc.TIOCSPTLCK, (nint)(&locked)), "TIOCSPTLCK");
            size.Set(controlling);
            EraseWholeCharacters(controlling);
            return (controlling, Open(controlling));
        }
        catch
        {
            controlling.Dispose();
            throw;
        }
    }

    /// <summary>Opens the other side of it.</summary>
    /// <exception cref="LinuxException">EMFILE.</exception>
    public static SafeFileDescriptor Open(SafeFileDescriptor controlling)
    {
        var terminal = new SafeFileDescriptor();
        var opened = Libc.ioctl(controlling, Libc.TIOCGPTPEER, Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_CLOEXEC);
        Check(opened, "TIOCGPTPEER");
        terminal.Own(opened);
        return terminal;
    }

    /// <summary>Another descriptor of the controlling side, with an owner of its own.</summary>
    /// <exception cref="LinuxException">EMFILE.</exception>
    public static SafeFileDescriptor Share(SafeFileDescriptor controlling) => controlling.CopyFrom(0);

    /// <summary>The character that ends the input when it is typed at the begin of a line; null when there is none.</summary>
    public static byte? EndOfFile(SafeFileDescriptor controlling)
    {
        var termios = stackalloc byte[Libc.TermiosSize];
        Check(Libc.tcgetattr(controlling, termios), "tcgetattr");
        var character = termios[Libc.TermiosControlCharacters + Libc.VEOF];
        return character == 0 ? null : character; // _POSIX_VDISABLE
    }

    /// <summary>The process group that the terminal's signals go to; null when there is none.</summary>
    public static int? ForegroundGroup(SafeFileDescriptor controlling)
    {
        int group;
        return Libc.ioctl(controlling, Libc.TIOCGPGRP, (nint)(&group)) == 0 && group > 1 ? group : null;
    }

    /// <summary>
    /// Gives a terminal to another user, as its group keeps it: who may write to all terminals (tty) may to this one.
    /// </summary>
    /// <exception cref="LinuxException">EPERM without CAP_CHOWN.</exception>
    public static void GiveTo(SafeFileDescriptor terminal, Credentials owner) =>
        Check(Libc.fchown(terminal, owner.UserId, uint.MaxValue), "fchown");

    // A new terminal takes bytes for characters: in a line that is typed in UTF-8 half an ä would be erased.
    private static void EraseWholeCharacters(SafeFileDescriptor controlling)
    {
        var termios = stackalloc byte[Libc.TermiosSize];
        Check(Libc.tcgetattr(controlling, termios), "tcgetattr");
        var flags = new Span<byte>(termios + Libc.TermiosInputFlags, sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(flags, BinaryPrimitives.ReadUInt32LittleEndian(flags) | Libc.IUTF8);
        Check(Libc.tcsetattr(controlling, Libc.TCSANOW, termios), "tcsetattr");
    }

    private static void Check(int result, string what)
    {
        if (result == -1)
        {
            throw new LinuxException(what, Marshal.GetLastPInvokeError(), "a terminal");
        }
    }
}
