using Levity.Linux;
using Levity.Processes.Tests.Fixtures;

namespace Levity.Processes.Tests;

/// <summary>Which file a command means: that of the task's PATH and working directory, never of ours.</summary>
public sealed class CommandResolutionTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();
    private readonly string _ourDirectory = Environment.CurrentDirectory;

    public void Dispose()
    {
        Environment.CurrentDirectory = _ourDirectory;
        _files.Dispose();
    }

    [Fact]
    public void A_bare_name_is_found_in_the_path_of_the_task()
    {
        _files.AddScript("only-here", "found");

        Assert.Equal("found\n", StartedProcess.Output(Specs.Of("only-here").WithPath($"/nowhere:{_files.Path}")));
        Assert.Equal(Errno.ENOENT, StartedProcess.Failure(Specs.Of("only-here")).Errno);
    }

    [Fact]
    public void A_command_planted_in_our_directory_never_runs()
    {
        _files.AddScript("id", "planted");
        Environment.CurrentDirectory = _files.Path;

        Assert.StartsWith("uid=", StartedProcess.Output(Specs.Of("id")), StringComparison.Ordinal);
        Assert.Equal(Errno.ENOENT, StartedProcess.Failure(Specs.Of("./id")).Errno);
        Assert.Equal(Errno.ENOENT, StartedProcess.Failure(Specs.Of("id").WithPath("")).Errno);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/nowhere:")]
    [InlineData(":/nowhere")]
    [InlineData("/nowhere::/nowhere")]
    [InlineData(".")]
    public void An_empty_element_of_the_path_is_the_working_directory(string path)
    {
        _files.AddScript("here", "found");

        Assert.Equal("found\n", StartedProcess.Output(Specs.Of("here").WithPath(path).In(_files.Path)));
    }

    [Fact]
    public void A_relative_element_of_the_path_begins_at_the_working_directory()
    {
        _files.AddDirectory("bin");
        _files.AddScript("bin/tool", "found");

        Assert.Equal("found\n", StartedProcess.Output(Specs.Of("tool").WithPath("bin").In(_files.Path)));
    }

    [Fact]
    public void A_relative_path_begins_at_the_working_directory()
    {
        _files.AddDirectory("bin");
        _files.AddScript("bin/tool", "found");

        Assert.Equal("found\n", StartedProcess.Output(Specs.Of("bin/tool").In(_files.Path)));
        Assert.Equal("found\n", StartedProcess.Output(Specs.Of("./tool").In(_files.PathOf("bin"))));
        Assert.Equal("found\n", StartedProcess.Output(Specs.Of("../bin/tool").In(_files.PathOf("bin"))));
    }

    [Fact]
    public void The_first_file_that_may_be_executed_is_taken()
    {
        foreach (var directory in new[] { "a", "b", "c" })
        {
            _files.AddDirectory(directory);
        }

        _files.AddFile("a/tool", "not for execution", Modes.Plain);
        _files.AddDirectory("b/tool");
        _files.AddScript("c/tool", "third");

        Assert.Equal("third\n", StartedProcess.Output(Specs.Of("tool").WithPath("a:b:c").In(_files.Path)));
        Assert.Equal(
            Errno.EACCES, StartedProcess.Failure(Specs.Of("tool").WithPath("a:b:/nowhere").In(_files.Path)).Errno);
    }

    [Fact]
    public void A_file_on_the_way_is_passed_over()
    {
        _files.AddFile("file", "", Modes.Plain);
        _files.AddScript("tool", "found");

        Assert.Equal("found\n", StartedProcess.Output(Specs.Of("tool").WithPath("file:.").In(_files.Path)));
    }

    [Fact]
    public void Without_a_path_the_system_directories_are_searched()
    {
        var spec = Specs.Of("true") with { Environment = [] };

        Assert.Empty(StartedProcess.Output(spec));
    }

    [Fact]
    public void The_first_of_two_paths_counts()
    {
        _files.AddScript("tool", "found");

        Assert.Equal("found\n", StartedProcess.Output(Specs.Of("tool").WithPath(_files.Path).With("PATH=/nowhere")));
    }

    [Fact]
    public void The_name_of_a_program_need_not_be_its_first_argument()
    {
        var spec = Specs.Of("/bin/sh") with
        {
            Argv = [Specs.Bytes("other"), Specs.Bytes("-c"), Specs.Bytes("echo $0")],
        };

        Assert.Equal("other\n", StartedProcess.Output(spec));
    }
}
