using System.Globalization;
using System.Runtime.InteropServices;
using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.CommandLine;

/// <summary><c>levity run</c>: as if the command ran here.</summary>
public sealed class RunTests(SharedServer shared) : IClassFixture<SharedServer>
{
    // Goes on for ever and says which signals it gets; QUIT ends it with a code of its own.
    private const string Reporter = """
        for name in HUP INT USR1 USR2 TERM; do trap "echo $name" $name; done
        trap 'exit 9' QUIT
        echo ready
        while :; do sleep 0.05; done
        """;

    // Where the runtime is that executes this test: the child needs it, and may be in a place that nobody guesses.
    private static readonly string DotnetRoot = Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory());

    private readonly LevityServer _server = shared.Server;
    private readonly LevityCommand _levity = shared.Server.Cli();
    private readonly TestClient _client = shared.Server.Client();

    [Fact]
    public async Task The_output_of_both_streams_is_ours_byte_by_byte()
    {
        const int count = 3_000_000;

        var result = await _levity.RunAsync(
            "run", "-e", $"DOTNET_ROOT={DotnetRoot}", ChildProgram.FilePath, "random", $"{count}", "1");

        Assert.Equal(RandomBytes.Hash(count, seed: 1), RandomBytes.Hash(result.Successful().Output));
        Assert.Equal("", result.ErrorText);

        var both = await _levity.RunAsync("run", "--", "sh", "-c", "printf 'a\\0\\377'; printf '\\376\\0b' >&2");
        Assert.Equal(("6100FF", "FE0062"), (Convert.ToHexString(both.Output), Convert.ToHexString(both.Error)));
    }

    [Theory]
    [InlineData(0, "sh", "-c", "exit 0")]
    [InlineData(7, "sh", "-c", "exit 7")]
    [InlineData(125, "sh", "-c", "exit 125")]
    [InlineData(255, "sh", "-c", "exit 255")]
    public async Task A_plain_exit_is_ours_without_a_word(int exitCode, params string[] command)
    {
        var result = await _levity.RunAsync(["run", .. command]);

        Assert.Equal((exitCode, "", ""), (result.ExitCode, result.OutputText, result.ErrorText));
    }

    [Theory]
    [InlineData(139, "the task was ended by SIGSEGV (signal 11)\n", "sh", "-c", "kill -SEGV $$")]
    [InlineData(127, "ENOENT (No such file or directory)\n", "/no/such/command")]
    [InlineData(126, "EACCES (Permission denied)\n", "/etc/passwd")]
    [InlineData(125, "ENOENT (No such file or directory)\n", "--dir", "/no/such/directory", "true")]
    public async Task What_is_no_plain_exit_is_told_in_a_line(int exitCode, string end, params string[] command)
    {
        var result = await _levity.RunAsync(["run", .. command]);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.EndsWith(end, result.Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HUP")]
    [InlineData("INT")]
    [InlineData("USR1")]
    [InlineData("USR2")]
    [InlineData("TERM")]
    public async Task Signals_that_we_get_are_the_tasks(string name)
    {
        await using var run = _levity.Start("run", "--", "sh", "-c", Reporter);
        await run.Output.ContainsAsync("ready\n");

        await Signals.SendAsync(name, run.Pid);
        await run.Output.ContainsAsync($"{name}\n");
        await Signals.SendAsync("QUIT", run.Pid);

        Assert.Equal(9, await run.ExitAsync());
    }

    [Fact]
    public async Task A_command_that_is_ended_by_the_signal_is_told_so_and_what_it_had_started_is_gone_too()
    {
        await using var run = _levity.Start("run", "--", "sh", "-c", "sleep 300 & echo $!; wait");
        await run.Output.ContainsAsync("\n");
        var child = int.Parse(run.Output.Text, CultureInfo.InvariantCulture);

        await Signals.SendAsync("INT", run.Pid);

        var result = await run.ResultAsync();
        Assert.Equal((130, "levity: the task was ended by SIGINT (signal 2)\n"), (result.ExitCode, result.ErrorText));
        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{child}"), "the end of its child");
    }

    [Fact]
    public async Task The_third_Ctrl_C_lets_us_go_and_the_task_goes_on()
    {
        await using var run = _levity.Start("run", "--", "sh", "-c", Reporter);
        await run.Output.ContainsAsync("ready\n");
        await Signals.SendAsync("INT", run.Pid);
        await run.Output.ContainsAsync("INT\n");
        await Signals.SendAsync("INT", run.Pid);
        await run.Output.ContainsAsync("INT\nINT\n");

        await Signals.SendAsync("INT", run.Pid);

        var result = await run.ResultAsync();
        Assert.Equal(130, result.ExitCode);
        Assert.StartsWith("levity: detached; the task goes on: `levity logs -f ", result.ErrorText, StringComparison.Ordinal);
        var id = result.ErrorText.Split("logs -f ")[1].Split('`')[0];
        Assert.Equal(TaskStatusCode.Running, (await _client.QueryAsync(id)).StatusCode);
        await _client.RemoveAsync(id, force: true);
    }

    [Fact]
    public async Task A_signal_that_we_are_to_ignore_is_not_the_tasks_either()
    {
        var command = new[]
        {
            "sh", "-c", "trap '' HUP; exec \"$@\"", "sh", PublishedPrograms.Levity, "run", "--", "sh", "-c", Reporter,
        };
        await using var run = RunningProgram.Start(command, _levity.Environment);
        await run.Output.ContainsAsync("ready\n");

        await Signals.SendAsync("HUP", run.Pid);
        await Signals.SendAsync("USR1", run.Pid);
        await run.Output.ContainsAsync("USR1\n");
        await Signals.SendAsync("QUIT", run.Pid);

        Assert.Equal("ready\nUSR1\n", (await run.ResultAsync()).OutputText);
    }

    [Fact]
    public async Task A_reader_that_has_enough_ends_the_task()
    {
        var command = new[]
        {
            "sh", "-c", "\"$@\" | head -n 1", "sh", PublishedPrograms.Levity, "run", "--", "sh", "-c", "echo $LEVITY_TASK_ID; exec yes",
        };

        var result = (await RunningProgram.RunAsync(command, _levity.Environment)).Successful();

        Assert.Equal("", result.ErrorText);
        var end = await _client.EndAsync(result.OutputText.TrimEnd('\n'));
        Assert.Equal((15, "alice"), (end.Ending.Signal, end.Ending.StopRequestedBy));
    }

    [Fact]
    public async Task With_rm_nothing_of_it_stays()
    {
        var result = await _levity.RunAsync("run", "--rm", "sh", "-c", "echo $LEVITY_TASK_ID; exit 3");

        Assert.Equal((3, ""), (result.ExitCode, result.ErrorText));
        var id = result.OutputText.TrimEnd('\n');
        Assert.DoesNotContain(id, _server.LogIds);
        var gone = await Assert.ThrowsAsync<RpcException>(() => _client.QueryAsync(id));
        Assert.Equal(StatusCode.NotFound, gone.StatusCode);
    }
}
