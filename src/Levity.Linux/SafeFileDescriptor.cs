using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>
/// Owns one file descriptor from the moment the kernel gives it out until it is closed, once.
/// Every call that makes a descriptor returns one of these; no bare <c>int fd</c> crosses a method.
/// </summary>
public sealed class SafeFileDescriptor : SafeHandle
{
    /// <summary>For the marshaller, which fills in the descriptor of a successful call.</summary>
    public SafeFileDescriptor()
        : base(-1, ownsHandle: true)
    {
    }

    /// <summary>Owns nothing: the descriptor stays open.</summary>
    internal SafeFileDescriptor(int borrowed)
        : base(-1, ownsHandle: false) => SetHandle(borrowed);

    // The calls return a C int, which the marshaller takes for something as wide as a pointer: the upper half is noise.
    public override bool IsInvalid => (int)handle == -1;

    /// <summary>
    /// Takes over a descriptor that a call filled in, such as one of a pair. The owner is made before the call, so that
    /// no failure can come between the two.
    /// </summary>
    internal void Own(int descriptor) => SetHandle(descriptor);

    /// <summary>Another descriptor of the same, closed by exec, with a number of at least this: fcntl(2).</summary>
    /// <exception cref="LinuxException">EMFILE.</exception>
    internal SafeFileDescriptor CopyFrom(int lowest)
    {
        var copy = new SafeFileDescriptor();
        var number = Libc.fcntl(this, Libc.F_DUPFD_CLOEXEC, lowest);
        if (number == -1)
        {
            throw new LinuxException("fcntl", Marshal.GetLastPInvokeError(), nameof(Libc.F_DUPFD_CLOEXEC));
        }

        copy.Own(number);
        return copy;
    }

    // close(2): after EINTR the descriptor is gone all the same on Linux, so it is never tried again.
    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
