namespace Levity.Linux;

/// <summary>The file that is always empty: null(4).</summary>
public static class DevNull
{
    /// <summary>Opens it for reading: what a child gets that is to have no input.</summary>
    /// <exception cref="LinuxException">open(2): EMFILE, ENFILE, or a machine without /dev/null.</exception>
    public static SafeFileDescriptor OpenRead()
    {
        var errno = KernelFile.Open("/dev/null", Libc.O_RDONLY, out var descriptor);
        return errno == 0 ? descriptor : throw new LinuxException("open", errno, "/dev/null");
    }
}
