using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>A file that is in memory only and has no name: memfd_create(2).</summary>
public static unsafe class MemoryFile
{
    /// <summary>Makes one with this content.</summary>
    /// <param name="name">What /proc calls it.</param>
    /// <exception cref="LinuxException">EMFILE, ENFILE, ENOMEM.</exception>
    public static SafeFileDescriptor Create(string name, ReadOnlySpan<byte> content)
    {
        var file = Libc.memfd_create(name, Libc.MFD_CLOEXEC);
        if (file.IsInvalid)
        {
            throw new LinuxException("memfd_create", Marshal.GetLastPInvokeError(), name);
        }

        while (!content.IsEmpty)
        {
            nint written;
            fixed (byte* start = content)
            {
                written = Libc.write(file, start, content.Length);
            }

            if (written > 0)
            {
                content = content[(int)written..];
            }
            else if (!Libc.Interrupted)
            {
                var errno = Marshal.GetLastPInvokeError();
                file.Dispose();
                throw new LinuxException("write", errno, name);
            }
        }

        return file;
    }
}
