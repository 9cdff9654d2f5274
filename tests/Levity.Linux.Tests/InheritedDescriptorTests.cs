using System.Buffers;

namespace Levity.Linux.Tests;

public sealed class InheritedDescriptorTests
{
    // FD_CLOEXEC as /proc/PID/fdinfo shows it, in octal.
    private const int CloseOnExec = 0x80000;

    [Fact]
    public void What_is_left_stays_open_over_an_exec_until_it_is_kept_again()
    {
        var (read, write) = Pipe.Create();
        using (read)
        using (write)
        {
            Assert.True(IsClosedByExec(read));

            Assert.Equal(read.DangerousGetHandle(), InheritedDescriptor.Leave(read));
            Assert.False(IsClosedByExec(read));

            InheritedDescriptor.Keep(read);
            Assert.True(IsClosedByExec(read));
        }
    }

    [Fact]
    public void Whoever_takes_it_owns_it_and_leaves_it_to_nobody()
    {
        var (read, write) = Pipe.Create();
        using var end = write;
        var number = InheritedDescriptor.Leave(read);
        read.SetHandleAsInvalid();

        using (var taken = InheritedDescriptor.Take<SafeFileDescriptor>(number))
        {
            Assert.True(IsClosedByExec(taken));
        }

        Assert.False(File.Exists($"/proc/self/fdinfo/{number}"));
    }

    [Fact]
    public void A_number_without_a_descriptor_is_an_error() => Assert.Equal(
        Errno.EBADF,
        Assert.Throws<LinuxException>(() => InheritedDescriptor.Take<SafeFileDescriptor>(987_654)).Number);

    [Fact]
    public void A_file_in_memory_has_what_was_written_from_its_beginning()
    {
        var content = new byte[200_000];
        Random.Shared.NextBytes(content);
        using var file = MemoryFile.Create("test", content);

        var read = new ArrayBufferWriter<byte>();
        Assert.Equal(0, KernelFile.Read(file, read));
        Assert.Equal(content, read.WrittenSpan.ToArray());
        Assert.True(IsClosedByExec(file));
    }

    [Fact]
    public void A_program_that_cannot_be_executed_leaves_this_one_as_it_is()
    {
        var nothing = Array.Empty<ReadOnlyMemory<byte>>();

        Assert.Equal(Errno.ENOENT, ProgramImage.Replace("/no/such/program"u8, nothing, nothing));
        Assert.Equal(Errno.EACCES, ProgramImage.Replace("/"u8, nothing, nothing));
    }

    [Fact]
    public void Signals_are_held_back_and_let_through_again()
    {
        Assert.Equal(0UL, Mask());
        SignalMask.Block(Signals.SIGUSR1, Signals.SIGPWR);
        try
        {
            Assert.Equal((1UL << (Signals.SIGUSR1 - 1)) | (1UL << (Signals.SIGPWR - 1)), Mask());
        }
        finally
        {
            SignalMask.Unblock(Signals.SIGUSR1, Signals.SIGPWR);
        }

        Assert.Equal(0UL, Mask());

        static ulong Mask() => Convert.ToUInt64(
            File.ReadLines("/proc/thread-self/status")
                .First(line => line.StartsWith("SigBlk", StringComparison.Ordinal)).Split('\t')[1],
            16);
    }

    private static bool IsClosedByExec(SafeFileDescriptor descriptor) =>
        (Convert.ToInt32(
            File.ReadLines($"/proc/self/fdinfo/{descriptor.DangerousGetHandle()}")
                .First(line => line.StartsWith("flags:", StringComparison.Ordinal))["flags:".Length..].Trim(),
            8) & CloseOnExec) != 0;
}
