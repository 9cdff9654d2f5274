using System.Runtime.InteropServices;

namespace Levity.Linux;

// open(2), fchdir(2), access(2), readlink(2), faccessat(2), statx(2), on paths that are bytes and end with NUL.
internal static unsafe partial class Libc
{
    // linux/limits.h; counts the NUL.
    internal const int PATH_MAX = 4096;

    internal const int AT_EACCESS = 0x200;

    internal const int O_PATH = 0x20_0000;

    internal const int X_OK = 1;
    internal const int W_OK = 2;

    internal const uint STATX_TYPE = 1;
    internal const uint STATX_UID = 8;
    internal const int S_IFMT = 0xF000;
    internal const int S_IFREG = 0x8000;

    // struct statx is the same everywhere: 256 bytes, stx_uid (32 bits) at 20, stx_mode (16 bits) at 28.
    internal const int StatxSize = 256;
    internal const int StatxUidOffset = 20;
    internal const int StatxModeOffset = 28;

    // asm/fcntl.h: one of the few flags that arm64 numbers differently.
    internal static int O_DIRECTORY =>
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x1_0000;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial SafeFileDescriptor open(byte* path, int flags, uint mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int access(string path, int mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint readlink(string path, byte* buffer, nint size);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fchdir(SafeFileDescriptor directory);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int faccessat(SafeFileDescriptor directory, byte* path, int mode, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int statx(
        SafeFileDescriptor directory, byte* path, int flags, uint mask, byte* result);
}
