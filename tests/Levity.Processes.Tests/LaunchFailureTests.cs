using Levity.Linux;
using Levity.Processes.Tests.Fixtures;

namespace Levity.Processes.Tests;

public sealed class LaunchFailureTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("/bin/nope")]
    [InlineData("nope")]
    public void A_missing_command_is_named(string binary)
    {
        Assert.Equal(
            new LaunchFailure(
                LaunchFailureKind.Command,
                Errno.ENOENT,
                $"cannot execute '{binary}': ENOENT (No such file or directory)"),
            StartedProcess.Failure(Specs.Of(binary)));
    }

    [Fact]
    public void An_empty_command_is_missing()
    {
        Assert.Equal(Errno.ENOENT, StartedProcess.Failure(Specs.Of("")).Errno);
    }

    [Fact]
    public void A_directory_is_no_command()
    {
        Assert.Equal(
            new LaunchFailure(
                LaunchFailureKind.Command, Errno.EACCES, "cannot execute '/bin': EACCES (Permission denied)"),
            StartedProcess.Failure(Specs.Of("/bin")));
    }

    [Fact]
    public void A_file_without_the_right_to_execute_it_is_no_command_even_for_root()
    {
        var path = _files.AddFile("tool", "#!/bin/sh\n", Modes.Plain);

        Assert.Equal(Errno.EACCES, StartedProcess.Failure(Specs.Of(path)).Errno);
        Assert.Equal(Errno.EACCES, StartedProcess.Failure(Specs.Of("./tool").In(_files.Path)).Errno);
    }

    [Fact]
    public void A_file_of_no_known_format_is_no_command()
    {
        var path = _files.AddFile("tool", "no format", Modes.Executable);

        var failure = StartedProcess.Failure(Specs.Of(path));

        Assert.Equal((LaunchFailureKind.Command, Errno.ENOEXEC), (failure.Kind, failure.Errno));
    }

    [Fact]
    public void A_script_without_its_interpreter_is_told_from_a_missing_one()
    {
        var path = _files.AddFile("tool", "#!/bin/nope\n", Modes.Executable);

        Assert.Equal(
            $"cannot execute '{path}': ENOENT (No such file or directory): its interpreter is missing",
            StartedProcess.Failure(Specs.Of(path)).Message);
    }

    [Theory]
    [InlineData("missing", Errno.ENOENT)]
    [InlineData("file", Errno.ENOTDIR)]
    [InlineData("file/below", Errno.ENOTDIR)]
    [InlineData("loop", Errno.ELOOP)]
    public void A_bad_working_directory_is_told_from_a_bad_command(string name, int errno)
    {
        _files.AddFile("file", "", Modes.Plain);
        File.CreateSymbolicLink(_files.PathOf("loop"), "loop");

        var failure = StartedProcess.Failure(Specs.Of("/bin/nope").In(_files.PathOf(name)));

        Assert.Equal((LaunchFailureKind.WorkingDirectory, errno), (failure.Kind, failure.Errno));
        Assert.Equal($"cannot enter '{_files.PathOf(name)}': {Errno.Describe(errno)}", failure.Message);
    }

    [Fact]
    public void A_working_directory_that_may_not_be_entered_is_told()
    {
        Assert.SkipWhen(CurrentUser.EffectiveId == 0, "root may enter every directory");
        File.SetUnixFileMode(_files.AddDirectory("closed"), UnixFileMode.UserRead);

        var failure = StartedProcess.Failure(Specs.Of("/bin/true").In(_files.PathOf("closed")));

        Assert.Equal((LaunchFailureKind.WorkingDirectory, Errno.EACCES), (failure.Kind, failure.Errno));
    }

    [Fact]
    public void A_NUL_is_refused_because_it_would_cut_the_string()
    {
        var good = Specs.Of("/bin/true");

        Assert.All(
            [
                StartedProcess.Failure(good with { Binary = "/bin/true\0x"u8.ToArray() }),
                StartedProcess.Failure(good with { Argv = [.. good.Argv, "a\0b"u8.ToArray()] }),
                StartedProcess.Failure(good with { Environment = ["A=b\0c"u8.ToArray()] }),
                StartedProcess.Failure(good with { WorkingDirectory = "/\0"u8.ToArray() }),
            ],
            failure => Assert.Equal(Errno.EINVAL, failure.Errno));
    }

    [Fact]
    public void A_name_is_printable_in_the_message_whatever_it_is()
    {
        var spec = Specs.Of("/bin/true") with
        {
            // Escape, a byte that is no UTF-8, newline, ä, right-to-left override.
            Binary = new byte[] { (byte)'/', 0x1B, 0xFF, (byte)'\n', 0xC3, 0xA4, 0xE2, 0x80, 0xAE, (byte)'\\' },
        };

        Assert.Equal(
            @"cannot execute '/\x1b\xff\x0aä\xe2\x80\xae\\': ENOENT (No such file or directory)",
            StartedProcess.Failure(spec).Message);
    }

    [Fact]
    public void A_path_that_is_too_long_is_told()
    {
        var longPath = "/" + new string('x', 5000);

        Assert.Equal(Errno.ENAMETOOLONG, StartedProcess.Failure(Specs.Of(longPath)).Errno);
        Assert.Equal(Errno.ENAMETOOLONG, StartedProcess.Failure(Specs.Of("/bin/true").In(longPath)).Errno);
    }

    [Fact]
    public void The_last_descriptors_are_not_used_up_by_starts()
    {
        var before = DescriptorLimit.RaiseToMaximum();
        Assert.True(DescriptorLimit.TrySet(Environment.ProcessId, (ulong)OpenDescriptors.Count() + 40));
        try
        {
            var failure = StartedProcess.Failure(Specs.Of("/bin/true"));

            Assert.Equal((LaunchFailureKind.Resources, Errno.EMFILE), (failure.Kind, failure.Errno));
        }
        finally
        {
            Assert.True(DescriptorLimit.TrySet(Environment.ProcessId, before));
        }
    }

    [Fact]
    public void Failed_starts_leave_no_child_and_no_descriptor()
    {
        var before = OpenDescriptors.Count();
        for (var i = 0; i < 100; i++)
        {
            StartedProcess.Failure(Specs.Of("/bin/nope"));
            StartedProcess.Failure(Specs.Of("nope"));
            StartedProcess.Failure(Specs.Of("/bin/true").In("/nope"));
        }

        OpenDescriptors.AreAtMost(before);
        Assert.False(ChildReaper.TryPeek(out _));
    }
}
