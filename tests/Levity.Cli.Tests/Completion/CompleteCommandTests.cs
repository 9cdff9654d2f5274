using Levity.Cli.Tests.Configuration;
using Levity.Protocol;
using Microsoft.Extensions.Time.Testing;

namespace Levity.Cli.Tests.Completion;

/// <summary>levity complete: what could stand where the cursor is. A line that ends in a space ends in an empty word.</summary>
public sealed class CompleteCommandTests : IDisposable
{
    private readonly UserFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("star", "start")]
    [InlineData("ca re", "request renew revoke")]
    [InlineData("ca cr", "crl")]
    [InlineData("compl", "completion")] // and not complete, which is for scripts
    [InlineData("completion ", "bash fish zsh")]
    [InlineData("-a x:1 star", "start")]
    [InlineData("--address=x:1 star", "start")]
    [InlineData("logs --s", "--stdout --stderr --since")]
    [InlineData("logs --stdout --s", "--stderr --since")]
    [InlineData("start --env A=1 --env", "--env --env-file")]
    [InlineData("query --cert", "--certificate")]
    [InlineData("query -c x --cert", "")]
    [InlineData("config view --ti", "--timeout")]
    [InlineData("config contexts --ti", "")]
    [InlineData("ca list --ti", "")]
    [InlineData("ca list --d", "--dir")]
    [InlineData("query --use", "")] // hidden
    [InlineData("ls --state F", "Finished")]
    [InlineData("signal -s US", "USR1 USR2")]
    [InlineData("query -o j", "json jsonl")]
    [InlineData("query --output j", "json jsonl")]
    [InlineData("query --output=j", "--output=json --output=jsonl")]
    [InlineData("ca revoke bob --reason key", "key-compromise")]
    [InlineData("query --out", "--output")]
    [InlineData("start --dir ", ":directories")]
    [InlineData("start --dir=", ":directories")]
    [InlineData("-c ", ":files")]
    [InlineData("query --ca=x", ":files")]
    [InlineData("start ", ":files")]
    [InlineData("start ls -", ":files")]
    [InlineData("start -- --d", ":files")]
    [InlineData("audit verify a b ", ":files")]
    [InlineData("query --timeout ", "")]
    [InlineData("query 1 ", "")]
    [InlineData("nonsense ", "")]
    [InlineData("nonsense x --h", "")]
    [InlineData("query --nonsense=", "")]
    [InlineData("query --=", "")]
    [InlineData("query = --out", "--output")]
    public async Task A_word_is_completed_by_what_can_stand_there(string line, string expected)
    {
        var words = await CompleteAsync(line);

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), words);
    }

    [Fact]
    public async Task Each_verb_that_help_shows_is_offered_with_what_it_does()
    {
        var run = await _files.RunAsync("complete", "--", "");

        var help = (await _files.RunAsync("--help")).Output;
        Assert.All(run.Output.TrimEnd('\n').Split('\n'), line => Assert.Contains(line.Split('\t')[1], help, StringComparison.Ordinal));
        Assert.Contains("inspect\tPrints all that is known of a task, ", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config use-context ", "build home")]
    [InlineData("config rm-context b", "build")]
    [InlineData("--context h", "home")]
    [InlineData("query --context=b", "--context=build")]
    public async Task Contexts_are_completed_by_their_names(string line, string expected)
    {
        _files.Write("[contexts.home]\n[contexts.build]\n");

        Assert.Equal(expected.Split(' '), await CompleteAsync(line));
    }

    [Fact]
    public async Task Tasks_are_completed_by_what_the_server_tells_of_them()
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.List = _ => new ListTasksResponse
        {
            Tasks = { TaskOf("8f2c1a1e", "", "sleep"), TaskOf("8b000000", "build", "make"), TaskOf("77777777", "bench", "x\u001b[2J") },
        };

        Assert.Equal(
            "build\tRunning: make\nbench\tRunning: x\\u{1b}[2J\n",
            (await CommandRun.ExecuteAsync(["complete", "--", .. installation.Options, "query", "b"])).Output);
        Assert.Equal(
            "8f2c1a1e\tRunning: sleep\n8b000000\tRunning: make\n",
            (await CommandRun.ExecuteAsync(["complete", "--", .. installation.Options, "rm", "77777777", "8"])).Output);
        Assert.Equal(
            "build\tRunning: make\nbench\tRunning: x\\u{1b}[2J\n",
            (await CommandRun.ExecuteAsync(["complete", "--", .. installation.Options, "stop", "--name", ""])).Output);
        Assert.Equal("", (await CommandRun.ExecuteAsync(["complete", "--", .. installation.Options, "start", "--name", ""])).Output);
    }

    [Theory]
    [InlineData("-a 127.0.0.1:1 -c /nowhere -k /nowhere query ")]
    [InlineData("-a nonsense -c /nowhere -k /nowhere query ")]
    [InlineData("query ")]
    [InlineData("--context nowhere query ")]
    public async Task A_server_that_tells_nothing_is_not_told_of(string line) => Assert.Empty(await CompleteAsync(line));

    [Fact]
    public async Task A_server_that_does_not_answer_is_not_waited_for()
    {
        await using var installation = await Installation.StartAsync();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        installation.Server.Tasks.List = _ =>
        {
            time.Advance(TimeSpan.FromSeconds(2));
            return new ListTasksResponse { Tasks = { TaskOf("8f2c1a1e", "", "sleep") } };
        };

        var run = await CommandRun.ExecuteAsync(["complete", "--", .. installation.Options, "query", ""], time: time);

        Assert.Equal(("", "", 0), (run.Output, run.Error, run.ExitCode));
    }

    [Fact]
    public async Task What_is_wrong_with_the_file_is_not_told_to_somebody_who_is_typing()
    {
        _files.Write("nonsense");

        Assert.Empty(await CompleteAsync("config use-context "));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task There_is_a_script_for_each_shell(string shell)
    {
        var run = await _files.RunAsync("completion", shell);

        Assert.Contains($"levity completion {shell}", run.Output, StringComparison.Ordinal);
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
    }

    private static TaskEntry TaskOf(string id, string name, string binary) => new()
    {
        TaskId = new TaskHandle { Id = id },
        Report = new QueryTaskResponse { StatusCode = TaskStatusCode.Running, Name = name },
        Binary = binary,
    };

    private async Task<string[]> CompleteAsync(string line)
    {
        var run = await _files.RunAsync(["complete", "--", .. line.Split(' ')]);
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        return [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(candidate => candidate.Split('\t')[0])];
    }
}
