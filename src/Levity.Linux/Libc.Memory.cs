using System.Runtime.InteropServices;

namespace Levity.Linux;

// mmap(2), munmap(2).
internal static unsafe partial class Libc
{
    // asm-generic/mman-common.h, the same on x64 and arm64.
    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int MAP_SHARED = 1;

    internal static readonly nint MapFailed = -1;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint mmap(
        nint address, nint length, int protection, int flags, SafeFileDescriptor fd, long offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int munmap(nint address, nint length);
}
