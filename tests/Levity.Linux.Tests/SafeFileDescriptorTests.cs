namespace Levity.Linux.Tests;

public sealed class SafeFileDescriptorTests
{
    [Fact]
    public void A_call_that_failed_gives_an_invalid_one_and_its_errno()
    {
        var errno = WorkingDirectory.TryOpen("/nope"u8, out var directory);

        Assert.Equal(Errno.ENOENT, errno);
        Assert.True(directory.IsInvalid);
    }

    [Fact]
    public void It_is_closed_once()
    {
        var before = Descriptors();
        var (read, write) = Pipe.Create();
        Assert.Equal(before + 2, Descriptors());

        read.Dispose();
        read.Dispose();
        Assert.Equal(before + 1, Descriptors());

        write.Dispose();
        Assert.Equal(before, Descriptors());
    }

    private static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;
}
