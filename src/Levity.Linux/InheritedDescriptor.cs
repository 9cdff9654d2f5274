using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>
/// Descriptors that a program leaves to the one that it executes in its place, which knows them by their numbers:
/// FD_CLOEXEC of fcntl(2).
/// </summary>
public static class InheritedDescriptor
{
    private const int FD_CLOEXEC = 1;

    /// <summary>Leaves a descriptor open over execve(2).</summary>
    /// <returns>Its number, which is all that gets through.</returns>
    /// <exception cref="LinuxException">fcntl(2).</exception>
    public static int Leave(SafeHandle descriptor)
    {
        SetFlags(descriptor, 0);
        return (int)descriptor.DangerousGetHandle();
    }

    /// <summary>Takes <see cref="Leave"/> back.</summary>
    /// <exception cref="LinuxException">fcntl(2).</exception>
    public static void Keep(SafeHandle descriptor) => SetFlags(descriptor, FD_CLOEXEC);

    /// <summary>Takes over a descriptor that was left to this program. The next exec closes it again.</summary>
    /// <typeparam name="T">What is to own it.</typeparam>
    /// <exception cref="LinuxException">EBADF: there is none of this number.</exception>
    public static T Take<T>(int number)
        where T : SafeHandle, new()
    {
        var owner = new T();
        Marshal.InitHandle(owner, number);
        try
        {
            SetFlags(owner, FD_CLOEXEC);
            return owner;
        }
        catch
        {
            // Not ours to close.
            owner.SetHandleAsInvalid();
            throw;
        }
    }

    /// <summary>For one that stays open and is somebody else's: it is not closed with the owner that this returns.</summary>
    public static SafeFileDescriptor Borrow(int number) => new(number);

    private static void SetFlags(SafeHandle descriptor, int flags)
    {
        if (Libc.fcntl(descriptor, Libc.F_SETFD, flags) == -1)
        {
            throw new LinuxException("fcntl", Marshal.GetLastPInvokeError(), "F_SETFD");
        }
    }
}
