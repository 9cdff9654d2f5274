using System.Runtime.InteropServices;

namespace Levity.Linux;

// ioctl_tty(2), tcgetattr(3), isatty(3), tcflush(3).
internal static unsafe partial class Libc
{
    // asm-generic/fcntl.h
    internal const int O_NOCTTY = 0x100;

    // asm-generic/ioctls.h: the same on x86-64 and arm64.
    internal const nuint TIOCGPGRP = 0x540F;
    internal const nuint TIOCGWINSZ = 0x5413;
    internal const nuint TIOCSWINSZ = 0x5414;
    internal const nuint TIOCSPTLCK = 0x4004_5431;
    internal const nuint TIOCGPTPEER = 0x5441;

    // struct termios of the GNU library has 60 bytes: four words of flags, one byte, and the control characters. Room to
    // spare for a library that needs more.
    internal const int TermiosSize = 128;
    internal const int TermiosInputFlags = 0;
    internal const int TermiosControlCharacters = 17;

    // bits/termios-c_cc.h, bits/termios-c_iflag.h
    internal const int VEOF = 4;
    internal const uint IUTF8 = 0x4000;

    internal const int TCSANOW = 0;
    internal const int TCSADRAIN = 1;

    // The last argument is a variable one in C, which on x64 and arm64 is passed like any other.
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ioctl(SafeFileDescriptor fd, nuint request, nint argument);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int tcgetattr(SafeFileDescriptor fd, byte* termios);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int tcsetattr(SafeFileDescriptor fd, int when, byte* termios);

    [LibraryImport(Library)]
    internal static partial void cfmakeraw(byte* termios);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int isatty(SafeFileDescriptor fd);

    /// <summary>struct winsize of ioctl_tty(2).</summary>
    internal struct WinSize
    {
        internal ushort Rows;
        internal ushort Columns;
        internal ushort Width;
        internal ushort Height;
    }
}
