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
        var (read, write) = Pipe.Create();
        var pipe = TargetOf(read);
        Assert.Equal(2, CountOf(pipe));

        read.Dispose();
        read.Dispose();
        Assert.Equal(1, CountOf(pipe));

        write.Dispose();
        Assert.Equal(0, CountOf(pipe));
    }

    private static int CountOf(string? target) =>
        Directory.GetFiles("/proc/self/fd").Count(path => new FileInfo(path).LinkTarget == target);

    private static string? TargetOf(SafeFileDescriptor descriptor) =>
        new FileInfo($"/proc/self/fd/{descriptor.DangerousGetHandle()}").LinkTarget;
}
