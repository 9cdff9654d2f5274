using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.OtherClients;

/// <summary>What examples/README.md promises of the programs there.</summary>
public sealed class ExamplesTests(SharedServer shared, BuiltExamples examples)
    : IClassFixture<SharedServer>, IClassFixture<BuiltExamples>
{
    public static TheoryData<string> Languages => ["csharp", "python", "typescript"];

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task An_example_has_the_output_and_the_exit_code_of_its_task(string language)
    {
        var result = await RunAsync(language, "sh", "-c", "echo out; echo err >&2; head -c 2000000 /dev/zero; exit 7");

        // Node has a word to say of a server that is named by its number.
        Assert.Equal(7, result.ExitCode);
        Assert.EndsWith("\nerr\n", $"\n{result.ErrorText}", StringComparison.Ordinal);
        Assert.Equal($"out\n{new string('\0', 2_000_000)}", result.OutputText);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task An_example_tells_how_its_task_ended_or_why_there_is_none(string language)
    {
        var killed = await RunAsync(language, "sh", "-c", "kill -9 $$");
        Assert.Equal(137, killed.ExitCode);
        Assert.Contains("FINISHED", killed.ErrorText, StringComparison.OrdinalIgnoreCase);

        var missing = await RunAsync(language, "/no/such/command");
        Assert.Equal((127, ""), (missing.ExitCode, missing.OutputText));
        Assert.Contains("cannot execute '/no/such/command': ENOENT", missing.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task An_example_goes_on_when_the_server_is_killed_and_comes_back(string language)
    {
        var stop = new Gate(shared.Server);
        await using var run = await StartAsync(
            language, "sh", "-c", $"echo before; {Gate.Wait}; echo after; exit 5", "sh", stop.FilePath);
        await run.Output.ContainsAsync("before\n");

        await shared.Server.Kill9Async();
        stop.Open();
        await shared.Server.RestartAsync();

        var result = await run.ResultAsync();
        Assert.Equal(("before\nafter\n", 5), (result.OutputText, result.ExitCode));
        Assert.Contains("connection lost, resuming", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task An_example_has_its_task_stopped_by_Ctrl_C_and_waits_for_its_end(string language)
    {
        await using var run = await StartAsync(
            language, "sh", "-c", "trap 'echo stopped; exit 3' TERM; echo ready; while :; do sleep 0.05; done");
        await run.Output.ContainsAsync("ready\n");

        await Signals.SendAsync("INT", run.Pid);

        var result = await run.ResultAsync();
        Assert.Equal(("ready\nstopped\n", 3), (result.OutputText, result.ExitCode));
    }

    private async Task<ProgramResult> RunAsync(string language, params string[] command)
    {
        await using var program = await StartAsync(language, command);
        return await program.ResultAsync();
    }

    private async Task<RunningProgram> StartAsync(string language, params string[] command) => RunningProgram.Start(
        [.. await examples.CommandAsync(language), .. command], shared.Server.Cli().Environment);
}
