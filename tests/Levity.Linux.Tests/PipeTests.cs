namespace Levity.Linux.Tests;

public sealed class PipeTests
{
    private const int OnExec = 0x80000;
    private const int Nonblocking = 0x800;

    [Fact]
    public void The_reader_never_blocks_the_writer_does_and_neither_goes_through_exec()
    {
        var (read, write) = Pipe.Create();
        using var reader = read;
        using var writer = write;

        Assert.Equal(OnExec | Nonblocking, FlagsOf(read) & (OnExec | Nonblocking));
        Assert.Equal(OnExec, FlagsOf(write) & (OnExec | Nonblocking));
    }

    [Fact]
    public void Reading_tells_nothing_yet_from_the_end()
    {
        var (read, write) = Pipe.Create();
        using var reader = read;
        var buffer = new byte[16];

        using (write)
        {
            Assert.False(DescriptorIO.TryRead(read, buffer, out var none));
            Assert.Equal(0, none);

            Write(write, "abc"u8);
            Assert.True(DescriptorIO.TryRead(read, buffer, out var count));
            Assert.Equal("abc"u8, buffer.AsSpan(0, count));
        }

        Assert.True(DescriptorIO.TryRead(read, buffer, out var end));
        Assert.Equal(0, end);
    }

    [Fact]
    public void A_pipe_can_be_made_to_hold_more()
    {
        var (read, write) = Pipe.Create();
        using var reader = read;
        using var writer = write;

        Assert.SkipUnless(Pipe.GrowCapacity(read, 2 * Pipe.DefaultCapacity), "the user's pipe memory is used up");

        Write(write, new byte[2 * Pipe.DefaultCapacity]);
        Assert.False(Pipe.GrowCapacity(read, Pipe.DefaultCapacity));
    }

    [Fact]
    public void What_is_no_pipe_cannot_grow()
    {
        using var file = DevNull.OpenRead();

        Assert.Equal(Errno.EBADF, Assert.Throws<LinuxException>(() => Pipe.GrowCapacity(file, 65_536)).Number);
    }

    private static unsafe void Write(SafeFileDescriptor pipe, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            Assert.Equal(bytes.Length, (int)Libc.write(pipe, start, bytes.Length));
        }
    }

    private static int FlagsOf(SafeFileDescriptor descriptor) =>
        Convert.ToInt32(
            File.ReadLines($"/proc/self/fdinfo/{descriptor.DangerousGetHandle()}")
                .Single(line => line.StartsWith("flags:", StringComparison.Ordinal))["flags:".Length..].Trim(),
            8);
}
