using System.Globalization;
using System.Runtime.InteropServices;

namespace Levity.Linux.Tests;

/// <summary>What a child has and has not from us. What it is told is tested with ProcessLauncher.</summary>
public sealed partial class PosixSpawnTests
{
    private const int SetMask = 2;
    private const int SignalSetSize = 128;

    // signal(2)
    private const nint Default = 0;
    private const nint Ignore = 1;

    [Fact]
    public void Signals_that_we_ignore_or_block_are_at_their_defaults_in_the_child()
    {
        Assert.NotEqual(-1, signal(Signals.SIGHUP, Ignore));
        var blocked = new byte[SignalSetSize];
        blocked[(Signals.SIGTERM - 1) / 8] |= 1 << (Signals.SIGTERM - 1) % 8;
        var before = new byte[SignalSetSize];
        Assert.Equal(0, pthread_sigmask(SetMask, blocked, before));
        string status;
        try
        {
            status = OutputOf("/bin/cat", "/proc/self/status");
        }
        finally
        {
            Assert.Equal(0, pthread_sigmask(SetMask, before, blocked));
            Assert.NotEqual(-1, signal(Signals.SIGHUP, Default));
        }

        Assert.Equal((0UL, 0UL), (MaskOf(status, "SigBlk"), MaskOf(status, "SigIgn")));
    }

    [Fact]
    public void The_umask_is_inherited()
    {
        var before = ProcessUmask.Set(0b000_111_111);
        try
        {
            Assert.Equal("0077", OutputOf("/bin/sh", "-c", "umask").Trim());
        }
        finally
        {
            Assert.Equal(0b000_111_111, ProcessUmask.Set(before));
        }
    }

    [Fact]
    public void A_descriptor_whose_number_is_another_ones_place_gets_there_all_the_same()
    {
        var own = new FileInfo("/proc/self/fd/1").LinkTarget;
        using var ours = InheritedDescriptor.Borrow(1);

        Assert.Equal(
            $"{own}\n0\n1\n2\n", OutputOf("/bin/sh", ["-c", "readlink /proc/$$/fd/2; ls /proc/$$/fd"], ours));
    }

    [Fact]
    public void A_program_that_is_not_there_makes_no_child()
    {
        Assert.Equal(Errno.ENOENT, Start("/nope", [], out var pid, out var output));
        output.Dispose();

        Assert.Equal(0, pid);
        Assert.False(ChildWait.TryPeek(out _));
    }

    private static ulong MaskOf(string status, string name) => ulong.Parse(
        status.Split('\n').Single(line => line.StartsWith($"{name}:", StringComparison.Ordinal)).Split('\t')[1],
        NumberStyles.HexNumber,
        CultureInfo.InvariantCulture);

    private static string OutputOf(string path, params string[] arguments) => OutputOf(path, arguments, stderr: null);

    private static string OutputOf(string path, string[] arguments, SafeFileDescriptor? stderr)
    {
        Assert.Equal(0, Start(path, arguments, out var pid, out var output, stderr));
        using var reader = output;
        using var process = PidFd.TryOpen(pid);
        Assert.True(process!.WaitForEnd(30_000));
        Assert.Equal(0, ChildWait.Reap(pid).ExitCode);

        var buffer = new byte[Pipe.DefaultCapacity];
        Assert.True(DescriptorIO.TryRead(output, buffer, out var count));
        return System.Text.Encoding.UTF8.GetString(buffer, 0, count);
    }

    private static int Start(
        string path, string[] arguments, out int pid, out SafeFileDescriptor output, SafeFileDescriptor? stderr = null)
    {
        ReadOnlyMemory<byte>[] argv =
            [.. arguments.Prepend(path).Select(text => (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(text))];
        using var nothing = DevNull.OpenRead();
        (output, var write) = Pipe.Create();
        using (write)
        {
            Assert.Equal(0, WorkingDirectory.TryOpen("/"u8, out var directory));
            using (directory)
            {
                return PosixSpawn.Start(
                    argv[0].Span, argv, [], directory, [nothing, write, stderr ?? write], haveTerminal: false, out pid);
            }
        }
    }

    [LibraryImport("libc")]
    private static partial nint signal(int signo, nint handler);

    [LibraryImport("libc")]
    private static partial int pthread_sigmask(int how, byte[] set, byte[] old);
}
