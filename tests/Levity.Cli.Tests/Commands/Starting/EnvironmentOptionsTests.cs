using Levity.Protocol;

namespace Levity.Cli.Tests.Commands.Starting;

/// <summary>The variables of a new task, from the command line, from files and from here.</summary>
public sealed class EnvironmentOptionsTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("start")]
    [InlineData("run", "-d")]
    public async Task All_spellings_set_variables_and_the_last_of_a_name_counts(params string[] verb)
    {
        var environment = await DefineAsync(verb, "-e", "A=1", "--env", "B=x=y", "-D", "A=2", "--define", "C=", "--env=A=3", "-eD= ");

        Assert.Equal(
            new Dictionary<string, string> { ["A"] = "3", ["B"] = "x=y", ["C"] = "", ["D"] = " " }, environment);
    }

    [Fact]
    public async Task A_name_alone_takes_the_value_from_here()
    {
        var environment = await DefineAsync(["start"], "-e", "HERE", "-e", "EMPTY");

        Assert.Equal(new Dictionary<string, string> { ["HERE"] = "a value", ["EMPTY"] = "" }, environment);
    }

    [Fact]
    public async Task A_file_has_a_variable_on_each_line_as_docker_reads_it()
    {
        var file = _files.Write("env", "\uFEFF# a comment\nA=1\r\n\n   \n"
            + "  C='quotes' stay # and this\nD=\nHERE\nNOT_HERE\n#E=5\nA=2\nF==");

        var environment = await DefineAsync(["start"], "--env-file", file);

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["A"] = "2",
                ["C"] = "'quotes' stay # and this",
                ["D"] = "",
                ["HERE"] = "a value",
                ["F"] = "=",
            },
            environment);
    }

    [Fact]
    public async Task Later_files_win_over_earlier_ones_and_the_command_line_over_all_of_them()
    {
        var (first, second) = (_files.Write("1", "A=1\nB=1\nC=1"), _files.Write("2", "B=2\nC=2"));

        var environment = await DefineAsync(["start"], "-e", "C=3", "--env-file", first, "--env-file", second);

        Assert.Equal(new Dictionary<string, string> { ["A"] = "1", ["B"] = "2", ["C"] = "3" }, environment);
    }

    [Theory]
    [InlineData("A=1\n=2", ":2 (--env-file) is no variable: it has no name before the '='")]
    [InlineData("A B=1", ":1 (--env-file) is no variable: the name 'A B' has a space in it")]
    [InlineData("#\n\nA =1\nB=2", ":3 (--env-file) is no variable: the name 'A ' has a space in it")]
    [InlineData("export A=1", ":1 (--env-file) is no variable: the name 'export A' has a space in it")]
    [InlineData("A=\0", ":1 (--env-file) is no variable: it has a NUL byte in it")]
    public async Task A_line_that_is_none_is_told_with_the_file_and_its_number(string text, string problem)
    {
        var file = _files.Write("env", text);

        await AssertRefusedAsync(file, $"{file}{problem}; write NAME=VALUE, NAME, or # and a comment");
    }

    [Fact]
    public async Task What_is_not_UTF_8_is_told_with_its_line()
    {
        var file = _files.PathOf("env");
        using (var stream = new FileStream(file, FileMode.CreateNew))
        {
            stream.Write("A=1\nB="u8);
            stream.WriteByte(0xff);
        }

        await AssertRefusedAsync(
            file, $"{file}:2 (--env-file) is no variable: it is not UTF-8; write NAME=VALUE, NAME, or # and a comment");
    }

    [Theory]
    [InlineData("/no/such/env", "cannot read the file of variables '/no/such/env' (--env-file): there is no such file")]
    [InlineData("/tmp", "cannot read the file of variables '/tmp' (--env-file): it is a directory")]
    [InlineData("", "cannot read the file of variables '' (--env-file): ")]
    [InlineData("/dev/zero", "the file of variables '/dev/zero' (--env-file) is longer than 4194304 bytes, more than a start can have")]
    public Task A_file_that_cannot_be_read(string file, string problem) => AssertRefusedAsync(file, problem);

    [Fact]
    public async Task A_value_from_here_that_is_not_UTF_8_is_not_sent_as_something_else()
    {
        var run = await CommandRun.ExecuteAsync(["start", "-e", "X", "true"], new() { ["X"] = "caf\uFFFD" });

        Assert.Equal("levity: the value of X is not UTF-8, and cannot be passed on as it is\n", run.Error);
        Assert.Equal(125, run.ExitCode);
    }

    private static async Task AssertRefusedAsync(string file, string problem)
    {
        var run = await CommandRun.ExecuteAsync(["start", "--env-file", file, "true"]);

        Assert.StartsWith($"levity: {problem}", run.Error, StringComparison.Ordinal);
        Assert.Equal((1, 125), (run.Error.Count(c => c == '\n'), run.ExitCode));
    }

    private static async Task<IDictionary<string, string>> DefineAsync(string[] verb, params string[] options)
    {
        await using var installation = await Installation.StartAsync();
        IDictionary<string, string>? environment = null;
        installation.Server.Tasks.Start = request =>
        {
            environment = request.Environment;
            return new StartTaskResponse { TaskId = new TaskHandle { Id = "1" } };
        };
        var run = await CommandRun.ExecuteAsync(
            [.. installation.Options, .. verb, .. options, "true"], new() { ["HERE"] = "a value", ["EMPTY"] = "" });
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        return environment!;
    }
}
