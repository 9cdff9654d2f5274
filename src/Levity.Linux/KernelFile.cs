using System.Buffers;
using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>
/// The small files and directories by which the kernel is asked and told things: /proc and control groups. They come
/// and go with the processes they are about, so that a missing one is an answer and not an exception: most methods
/// return 0 or the errno.
/// </summary>
public static unsafe class KernelFile
{
    private const int ReadSize = 4096;

    /// <summary>Opens a file for reading.</summary>
    public static int OpenRead(string path, out SafeFileDescriptor file) => Open(path, Libc.O_RDONLY, out file);

    /// <summary>Appends the whole file to <paramref name="content"/>.</summary>
    /// <returns>False when what it tells about is gone, has no such thing to tell, or is not for us to know.</returns>
    /// <exception cref="LinuxException">Nobody knows: EMFILE, ENFILE, ENOMEM …</exception>
    public static bool TryRead(string path, ArrayBufferWriter<byte> content)
    {
        var errno = OpenRead(path, out var file);
        using (file)
        {
            errno = errno == 0 ? Read(file, content) : errno;
        }

        return errno switch
        {
            0 => true,
            Errno.ENOENT or Errno.ESRCH or Errno.ENODEV or Errno.EOPNOTSUPP or Errno.EACCES or Errno.EPERM => false,
            _ => throw new LinuxException("read", errno, path),
        };
    }

    /// <summary>Appends an open file from its beginning, whatever has been read of it before.</summary>
    /// <returns>0 or the errno.</returns>
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
        var errno = Open(path, Libc.O_WRONLY, out var file);
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
    public static int CheckWritable(string path) => ErrnoOf(Libc.access(path, Libc.W_OK));

    /// <summary>Makes a directory: mkdir(2).</summary>
    public static int MakeDirectory(string path) => ErrnoOf(Libc.mkdir(path, 0b111_101_101));

    /// <summary>Removes a directory that has no directories in it: rmdir(2).</summary>
    public static int RemoveDirectory(string path) => ErrnoOf(Libc.rmdir(path));

    internal static int Open(string path, int flags, out SafeFileDescriptor descriptor)
    {
        descriptor = new SafeFileDescriptor();
        int opened;
        do
        {
            opened = Libc.open(path, flags | Libc.O_CLOEXEC, 0);
        }
        while (opened == -1 && Libc.Interrupted);

        descriptor.Own(opened);
        return ErrnoOf(opened);
    }

    private static int ErrnoOf(int result) => result == -1 ? Marshal.GetLastPInvokeError() : 0;
}
