using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>
/// The small files and directories by which the kernel is asked and told things: /proc and control groups. They come
/// and go with the processes they are about, so that a missing one is an answer and not an exception: each method
/// returns 0 or the errno.
/// </summary>
public static unsafe class KernelFile
{
    private const int ReadSize = 4096;

    /// <summary>Opens a file for reading.</summary>
    public static int OpenRead(string path, out SafeFileDescriptor file) =>
        TryOpen(null, path, Libc.O_RDONLY, out file);

    /// <summary>Appends the whole file to <paramref name="content"/>.</summary>
    public static int Read(string path, ArrayBufferWriter<byte> content)
    {
        var errno = OpenRead(path, out var file);
        using (file)
        {
            return errno == 0 ? Read(file, content) : errno;
        }
    }

    /// <summary>Appends an open file from its beginning, whatever has been read of it before.</summary>
    public static int Read(SafeFileDescriptor file, ArrayBufferWriter<byte> content)
    {
        for (var offset = 0L; ;)
        {
            nint count;
            fixed (byte* room = content.GetSpan(ReadSize))
            {
                do
                {
                    count = Libc.pread(file, room, ReadSize, offset);
                }
                while (count == -1 && Libc.Interrupted);
            }

            if (count <= 0)
            {
                return count == 0 ? 0 : Marshal.GetLastPInvokeError();
            }

            content.Advance((int)count);
            offset += count;
        }
    }

    /// <summary>Writes to a file that exists, in one call.</summary>
    public static int Write(string path, ReadOnlySpan<byte> content)
    {
        var errno = TryOpen(null, path, Libc.O_WRONLY, out var file);
        using (file)
        {
            if (errno != 0)
            {
                return errno;
            }

            fixed (byte* start = content)
            {
                nint written;
                do
                {
                    written = Libc.write(file, start, content.Length);
                }
                while (written == -1 && Libc.Interrupted);

                return written == -1 ? Marshal.GetLastPInvokeError() : 0;
            }
        }
    }

    /// <summary>Tells whether a file is there and may be written: access(2).</summary>
    public static int CheckWritable(string path) => OnPath(path, static bytes => Libc.access(bytes, Libc.W_OK));

    /// <summary>Makes a directory: mkdir(2).</summary>
    public static int MakeDirectory(string path) => OnPath(path, static bytes => Libc.mkdir(bytes, 0b111_101_101));

    /// <summary>Removes a directory that has no directories in it: rmdir(2).</summary>
    public static int RemoveDirectory(string path) => OnPath(path, static bytes => Libc.rmdir(bytes));

    [SkipLocalsInit]
    internal static int TryOpen(
        SafeFileDescriptor? directory, string path, int flags, out SafeFileDescriptor descriptor)
    {
        descriptor = new SafeFileDescriptor();
        var bytes = stackalloc byte[Libc.PATH_MAX];
        var errno = CString.Terminate(path, new Span<byte>(bytes, Libc.PATH_MAX));
        return errno == 0 ? TryOpen(directory, bytes, flags, ref descriptor) : errno;
    }

    internal static int TryOpen(
        SafeFileDescriptor? directory, byte* path, int flags, ref SafeFileDescriptor descriptor)
    {
        do
        {
            descriptor = directory is null
                ? Libc.open(path, flags | Libc.O_CLOEXEC, 0)
                : Libc.openat(directory, path, flags | Libc.O_CLOEXEC, 0);
        }
        while (descriptor.IsInvalid && Libc.Interrupted);

        return descriptor.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
    }

    [SkipLocalsInit]
    private static int OnPath(string path, PathCall call)
    {
        var bytes = stackalloc byte[Libc.PATH_MAX];
        var errno = CString.Terminate(path, new Span<byte>(bytes, Libc.PATH_MAX));
        return errno == 0 && call(bytes) == -1 ? Marshal.GetLastPInvokeError() : errno;
    }

    private delegate int PathCall(byte* path);
}
