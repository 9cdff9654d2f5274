using System.Globalization;
using System.IO.Pipes;
using System.Text;
using Levity.Linux;
using Levity.Processes.Tests.Fixtures;

namespace Levity.Processes.Tests;

public sealed class ProcessLauncherTests
{
    // execve(2), MAX_ARG_STRLEN, without the NUL.
    private const int LongestArgument = 131_071;

    [Fact]
    public void Arguments_reach_the_program_byte_for_byte()
    {
        byte[][] arguments = [[0xFF, 0xFE], [], "two words"u8.ToArray(), "\n"u8.ToArray(), "ä"u8.ToArray()];
        var spec = Specs.Of("/bin/cat", "/proc/self/cmdline") with
        {
            Argv = ["cat"u8.ToArray(), "/proc/self/cmdline"u8.ToArray(), "--"u8.ToArray()],
        };
        spec = spec with { Argv = [.. spec.Argv, .. arguments.Select(bytes => (ReadOnlyMemory<byte>)bytes)] };

        using var process = StartedProcess.Start(spec);
        var seen = process.ReadToEnd().AsSpan();

        byte[] expected =
            [.. "cat\0/proc/self/cmdline\0--\0"u8, .. arguments.SelectMany(bytes => bytes.Append((byte)0))];
        Assert.Equal(expected, seen[..expected.Length].ToArray());
    }

    [Fact]
    public void The_environment_is_exactly_what_was_given()
    {
        byte[][] variables = ["PATH=/bin"u8.ToArray(), [(byte)'X', (byte)'=', 0xFF, 0xC3], "EMPTY="u8.ToArray()];
        var spec = Specs.Of("/bin/cat", "/proc/self/environ") with
        {
            Environment = [.. variables.Select(bytes => (ReadOnlyMemory<byte>)bytes)],
        };

        Assert.Equal(
            variables.SelectMany(bytes => bytes.Append((byte)0)).ToArray(), StartedProcess.OutputBytes(spec));
    }

    [Fact]
    public void The_program_starts_in_the_working_directory()
    {
        using var directory = new TemporaryDirectory();

        Assert.Equal($"{directory.Path}\n", StartedProcess.Output(Specs.Of("/bin/pwd", "-P").In(directory.Path)));
    }

    [Fact]
    public void The_program_leads_a_session_of_its_own()
    {
        using var process = StartedProcess.Start(Specs.Of("/bin/cat", "/proc/self/stat"));
        var fields = Encoding.UTF8.GetString(process.ReadToEnd()).Split(' ');

        var pid = process.Pid.ToString(CultureInfo.InvariantCulture);
        Assert.Equal([pid, pid, pid], [fields[0], fields[4], fields[5]]);
    }

    [Fact]
    public void Only_the_standard_descriptors_are_open_in_the_program()
    {
        // Without close-on-exec, as a descriptor is that we were started with ourselves.
        using var inheritable = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);

        // The fourth is the directory that ls reads.
        Assert.Equal("0\n1\n2\n3\n", StartedProcess.Output(Specs.Of("/bin/ls", "/proc/self/fd")));
        Assert.Equal("0\n1\n2\n", StartedProcess.Output(ChildProgram.Spec("print-fds")));
    }

    [Fact]
    public void No_signal_is_ignored_or_blocked_in_the_program()
    {
        Assert.DoesNotContain(
            "SigIgn:\t0000000000000000", File.ReadAllText("/proc/self/status"), StringComparison.Ordinal);

        var masks = StartedProcess.Output(Specs.Of("/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"));

        Assert.Equal("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n", masks);
    }

    [Fact]
    public void The_longest_argument_that_the_kernel_takes_works()
    {
        var output = StartedProcess.OutputBytes(Specs.Of("/usr/bin/printf", "%s", new string('x', LongestArgument)));

        Assert.Equal(LongestArgument, output.Length);
    }

    [Fact]
    public void A_longer_argument_is_too_big()
    {
        var failure = StartedProcess.Failure(Specs.Of("/bin/true", new string('x', LongestArgument + 1)));

        Assert.Equal((LaunchFailureKind.TooBig, Errno.E2BIG), (failure.Kind, failure.Errno));
    }

    [Fact]
    public void Two_hundred_starts_leave_no_descriptor_and_no_child()
    {
        var before = OpenDescriptors.Count();
        for (var i = 0; i < 200; i++)
        {
            using var process = StartedProcess.Start(Specs.Of("/bin/true"));
            Assert.Equal(0, process.WaitForEnd().ExitCode);
        }

        OpenDescriptors.AreAtMost(before);
        Assert.False(ChildReaper.TryPeek(out _));
    }

    [Fact]
    public void Standard_input_is_what_was_given()
    {
        Assert.Empty(StartedProcess.Output(Specs.Of("/bin/cat")));
    }
}
