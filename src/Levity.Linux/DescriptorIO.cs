using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>Reading and writing descriptors.</summary>
public static class DescriptorIO
{
    /// <summary>Writes a few bytes in one call: write(2). What is not taken is lost.</summary>
    public static unsafe void Write(SafeFileDescriptor descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            while (Libc.write(descriptor, start, bytes.Length) == -1 && Libc.Interrupted)
            {
                // Again.
            }
        }
    }

    /// <summary>Reads what is there now: read(2).</summary>
    /// <param name="descriptor">A descriptor with O_NONBLOCK, such as the read end of <see
    /// cref="Pipe.Create"/>.</param>
    /// <param name="buffer">Where the bytes go; not empty.</param>
    /// <param name="count">How many bytes were read; 0 at the end of the file.</param>
    /// <returns>False when there is nothing to read just now (EAGAIN).</returns>
    /// <exception cref="LinuxException">Any other error.</exception>
    public static unsafe bool TryRead(SafeFileDescriptor descriptor, Span<byte> buffer, out int count)
    {
        nint read;
        fixed (byte* start = buffer)
        {
            do
            {
                read = Libc.read(descriptor, start, buffer.Length);
            }
            while (read == -1 && Libc.Interrupted);
        }

        count = Math.Max(0, (int)read);
        if (read != -1)
        {
            return true;
        }

        var errno = Marshal.GetLastPInvokeError();
        return errno == Errno.EAGAIN ? false : throw new LinuxException("read", errno);
    }
}
