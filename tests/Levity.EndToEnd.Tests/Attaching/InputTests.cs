using Levity.EndToEnd.Tests.Fixtures;
using Levity.EndToEnd.Tests.Survival;

namespace Levity.EndToEnd.Tests.Attaching;

/// <summary>Our standard input as a task's.</summary>
public sealed class InputTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly LevityCommand _levity = shared.Server.Cli();

    [Theory]
    [InlineData(Outage.Sigterm)]
    [InlineData(Outage.Kill9)]
    public async Task A_large_input_is_whole_at_its_other_end_whatever_becomes_of_levityd_meanwhile(Outage how)
    {
        const int size = 20_000_000;
        await using var server = await LevityServer.StartAsync();
        await using var program = RunningProgram.Start(
            [PublishedPrograms.Levity, "run", "-i", "cat"], server.Cli().Environment, withInput: true);
        var input = new byte[size];
        new Random(5).NextBytes(input);
        var feeding = FeedAsync(program, input);
        await Eventually.TrueAsync(() => program.Output.Bytes.Length > size / 8, "an eighth of the output");

        await server.AwayAsync(how);
        await server.RestartAsync();

        await feeding;
        var result = await program.ResultAsync();
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(RandomBytes.Hash(input), RandomBytes.Hash(result.Output));
    }

    [Fact]
    public async Task The_end_of_ours_is_the_end_of_the_tasks_and_its_exit_code_is_ours()
    {
        await using var program = RunningProgram.Start(
            [PublishedPrograms.Levity, "run", "-i", "sh", "-c", "cat; echo over; exit 3"], _levity.Environment, withInput: true);
        program.Input.Write("hello\n"u8);
        program.Input.Flush();
        await program.Output.ContainsAsync("hello\n");

        program.Input.Close();

        var result = await program.ResultAsync();
        Assert.Equal((3, "hello\nover\n"), (result.ExitCode, result.OutputText));
    }

    [Fact]
    public async Task A_task_that_has_read_enough_is_not_waited_for()
    {
        await using var program = RunningProgram.Start(
            [PublishedPrograms.Levity, "run", "-i", "head", "-c", "3"], _levity.Environment, withInput: true);
        program.Input.Write("abcdef"u8);
        program.Input.Flush();

        // Our input has no end.
        var result = await program.ResultAsync();
        Assert.Equal((0, "abc"), (result.ExitCode, result.OutputText));
    }

    [Fact]
    public async Task Without_an_input_of_ours_there_is_none_and_one_that_was_not_asked_for_cannot_be_given_later()
    {
        Assert.Equal("", (await _levity.RunAsync("run", "-i", "cat")).Successful().OutputText);
        var id = await _levity.StartTaskAsync("sleep", "300");

        var refused = await _levity.RunAsync("attach", id);

        Assert.Equal(125, refused.ExitCode);
        Assert.StartsWith($"levity: task {id} was started without an input", refused.ErrorText, StringComparison.Ordinal);
        await shared.Server.Client().SignalAsync(id);
        Assert.Equal(128 + 15, (await _levity.RunAsync("attach", "--no-stdin", id)).ExitCode);
    }

    private static async Task FeedAsync(RunningProgram program, byte[] input)
    {
        await program.Input.WriteAsync(input, TestContext.Current.CancellationToken);
        program.Input.Close();
    }
}
