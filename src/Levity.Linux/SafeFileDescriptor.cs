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

    /// <summary>Takes over a descriptor that is ours already (one of a pair that a call filled in).</summary>
    internal SafeFileDescriptor(int descriptor)
        : this() => SetHandle(descriptor);

    public override bool IsInvalid => handle == -1;

    // close(2): after EINTR the descriptor is gone all the same on Linux, so it is never tried again.
    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
