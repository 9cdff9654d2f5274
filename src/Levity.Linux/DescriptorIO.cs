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

    /// <summary>Reads some bytes, and waits for them: read(2), poll(2).</summary>
    /// <param name="descriptor">Whether it has O_NONBLOCK or not: others may have it open, and set that.</param>
    /// <param name="buffer">Where the bytes go; not empty.</param>
    /// <returns>How many were read; 0 at the end.</returns>
    /// <exception cref="LinuxException">EBADF: it is not open; EISDIR …</exception>
    public static int Read(SafeFileDescriptor descriptor, Span<byte> buffer)
    {
        int count;
        while (!TryRead(descriptor, buffer, out count))
        {
            WaitUntilReadable(descriptor);
        }

        return count;
    }

    /// <summary>Reads what is there now: read(2).</summary>
    /// <param name="descriptor">A descriptor with O_NONBLOCK, such as the read end of <see
    /// cref="Pipe.Create"/>.</param>
    /// <param name="buffer">Where the bytes go; not empty.</param>
    /// <param name="count">How many bytes were read; 0 at the end.</param>
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

        // EIO: a terminal that nobody has open any more, pty(7). That is its end.
        var errno = Marshal.GetLastPInvokeError();
        return errno switch
        {
            Errno.EAGAIN => false,
            Errno.EIO => true,
            _ => throw new LinuxException("read", errno),
        };
    }

    private static unsafe void WaitUntilReadable(SafeFileDescriptor descriptor)
    {
        var held = false;
        try
        {
            descriptor.DangerousAddRef(ref held);
            var one = new Libc.PollFd { Descriptor = (int)descriptor.DangerousGetHandle(), Events = Libc.POLLIN };
            if (Libc.poll(&one, 1, -1) == -1 && !Libc.Interrupted)
            {
                throw new LinuxException("poll", Marshal.GetLastPInvokeError());
            }
        }
        finally
        {
            if (held)
            {
                descriptor.DangerousRelease();
            }
        }
    }

    /// <summary>Writes what there is room for now: write(2).</summary>
    /// <param name="descriptor">One with O_NONBLOCK, such as the write end of <see cref="Pipe.CreateForInput"/>.</param>
    /// <param name="bytes">Not empty.</param>
    /// <returns>How many were taken, 0 when there is no room; null when nobody reads them any more (EPIPE, EIO).</returns>
    /// <exception cref="LinuxException">Any other error.</exception>
    public static unsafe int? TryWrite(SafeFileDescriptor descriptor, ReadOnlySpan<byte> bytes)
    {
        nint written;
        fixed (byte* start = bytes)
        {
            do
            {
                written = Libc.write(descriptor, start, bytes.Length);
            }
            while (written == -1 && Libc.Interrupted);
        }

        return written != -1 ? (int)written : Marshal.GetLastPInvokeError() switch
        {
            Errno.EAGAIN => 0,
            Errno.EPIPE or Errno.EIO => null,
            var errno => throw new LinuxException("write", errno),
        };
    }
}
