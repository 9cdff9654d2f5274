using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>Wakes a thread that waits in <see cref="Epoll"/>: eventfd(2).</summary>
public sealed class EventFd : IDisposable
{
    /// <exception cref="LinuxException">eventfd(2): EMFILE, ENFILE.</exception>
    public EventFd()
    {
        Descriptor = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);
        if (Descriptor.IsInvalid)
        {
            throw new LinuxException("eventfd", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Readable from <see cref="Signal"/> to <see cref="Drain"/>.</summary>
    public SafeFileDescriptor Descriptor { get; }

    /// <summary>Makes the descriptor readable. May be called from any thread; many signals are one.</summary>
    public unsafe void Signal()
    {
        var one = 1UL;
        nint written;
        do
        {
            written = Libc.write(Descriptor, (byte*)&one, sizeof(ulong));
        }
        while (written == -1 && Libc.Interrupted);

        // EAGAIN: the counter is at its end, so the descriptor is readable all the same.
        if (written == -1 && Marshal.GetLastPInvokeError() is var errno && errno != Errno.EAGAIN)
        {
            throw new LinuxException("write", errno, "eventfd");
        }
    }

    /// <summary>Makes the descriptor silent again. Look for work after this, never before.</summary>
    public unsafe void Drain()
    {
        var counter = 0UL;
        DescriptorIO.TryRead(Descriptor, new Span<byte>(&counter, sizeof(ulong)), out _);
    }

    public void Dispose() => Descriptor.Dispose();
}
