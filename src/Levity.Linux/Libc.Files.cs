using System.Runtime.InteropServices;

namespace Levity.Linux;

// pwrite(2), ftruncate(2), fallocate(2), fsync(2), flock(2), getdents64(2); open(2), mkdir(2), rmdir(2), unlink(2), rename(2) on
// paths that are text.
internal static unsafe partial class Libc
{
    // asm-generic/fcntl.h
    internal const int O_RDWR = 2;
    internal const int O_CREAT = 0x40;
    internal const int O_EXCL = 0x80;
    internal const int O_APPEND = 0x400;

    // linux/falloc.h
    internal const int FALLOC_FL_KEEP_SIZE = 1;

    internal const int AT_EMPTY_PATH = 0x1000;

    // sys/file.h
    internal const int LOCK_EX = 2;
    internal const int LOCK_NB = 4;

    // linux/stat.h: stx_ino (64 bits) at 32, stx_size (64 bits) at 40, stx_dev_major and stx_dev_minor (32 bits each) at 136.
    internal const uint STATX_INO = 0x100;
    internal const uint STATX_SIZE = 0x200;
    internal const int StatxInodeOffset = 32;
    internal const int StatxSizeOffset = 40;
    internal const int StatxDeviceOffset = 136;

    // struct linux_dirent64: inode and offset, then d_reclen (16 bits), d_type (8 bits) and the name, ended by NUL.
    internal const int DirentLengthOffset = 16;
    internal const int DirentNameOffset = 19;

    // asm/fcntl.h: arm64 has numbers of its own here.
    internal static int O_NOFOLLOW =>
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x2_0000;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint pwrite(SafeFileDescriptor fd, byte* buffer, nint count, long offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ftruncate(SafeFileDescriptor fd, long length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fallocate(SafeFileDescriptor fd, int mode, long offset, long length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fsync(SafeFileDescriptor fd);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fdatasync(SafeFileDescriptor fd);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int flock(SafeFileDescriptor fd, int operation);

    // The descriptor as a number: the caller has its owner ready. The mode is a variable argument in C, which on x64
    // and arm64 is passed like any other.
    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags, uint mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int openat(SafeFileDescriptor directory, string path, int flags, uint mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mkdir(string path, uint mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rmdir(string path);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int unlinkat(SafeFileDescriptor directory, string path, int flags);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int renameat(
        SafeFileDescriptor oldDirectory, string oldPath, SafeFileDescriptor newDirectory, string newPath);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int mkdir(byte* path, uint mode);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rmdir(byte* path);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint getdents64(SafeFileDescriptor directory, byte* entries, nint size);
}
