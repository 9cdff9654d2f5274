using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.CommandLine;

/// <summary><c>levity start</c>, as scripts use it.</summary>
public sealed class StartTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly LevityCommand _levity = shared.Server.Cli();

    [Theory]
    [InlineData("start", "--", "true")]
    [InlineData("start", "true")]
    public async Task Start_prints_the_id_and_nothing_else(params string[] command)
    {
        var result = (await _levity.RunAsync(command)).Successful();

        Assert.Matches(@"\A[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\n\z", result.OutputText);
        Assert.Equal("", result.ErrorText);
    }

    [Fact]
    public async Task A_task_runs_in_the_directory_that_was_given()
    {
        Assert.Equal("/usr/bin\n", await OutputOfAsync("-d", "/usr/bin", "--", "pwd"));
        Assert.Equal("/usr/bin\n", await OutputOfAsync("--dir", "/usr/bin", "--", "pwd"));
    }

    [Fact]
    public async Task A_task_has_the_variables_that_were_defined_whatever_is_in_them()
    {
        var script = "printf '%s|' \"$PLAIN\" \"$SPACES\" \"$EQUALS\" \"$EMPTY\" \"${NONE-unset}\" \"$WORD\"";

        var output = await OutputOfAsync(
            "-D", "PLAIN=a", "-D", "SPACES=b  c\nd", "--define", "EQUALS=e=f", "-D", "EMPTY=", "-D", "WORD=Grüße",
            "--", "sh", "-c", script);

        Assert.Equal("a|b  c\nd|e=f||unset|Grüße|", output);
    }

    [Fact]
    public async Task The_last_definition_of_a_variable_counts() =>
        Assert.Equal("2\n", await OutputOfAsync("-D", "A=1", "-D", "A=2", "--", "sh", "-c", "echo $A"));

    [Theory]
    [InlineData("--", "printf", "[%s]", "a", "", "b  c", "d\ne", "Grüße", "*", "$HOME")]
    [InlineData("printf", "[%s]", "-d", "-D", "--dir=/", "-h", "--", "--version", "-x=y", "@z")]
    public async Task Arguments_reach_the_command_as_they_are(params string[] command)
    {
        var given = command.SkipWhile(word => word != "[%s]").Skip(1);

        Assert.Equal(string.Concat(given.Select(word => $"[{word}]")), await OutputOfAsync(command));
    }

    [Fact]
    public async Task Flags_say_the_same_as_variables()
    {
        var certificates = shared.Server.Certificates;
        var alice = certificates.Alice;

        var result = await RunningProgram.RunAsync(
        [
            PublishedPrograms.Levity, "-a", shared.Server.Address, "--ca", certificates.ServerCa,
            "-c", alice.CertificateFile, "-k", alice.KeyFile, "-t", "30s", "start", "true",
        ]);

        Assert.Matches(@"\A[0-9a-f-]{36}\n\z", result.Successful().OutputText);
    }

    private async Task<string> OutputOfAsync(params IReadOnlyList<string> arguments)
    {
        var id = await _levity.StartTaskAsync(arguments);
        return (await _levity.RunAsync("logs", "-f", id)).Successful().OutputText;
    }
}
