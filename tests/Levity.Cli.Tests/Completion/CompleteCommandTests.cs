using Levity.Cli.Tests.Configuration;

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
    [InlineData("start --define A=1 --defi", "--define")]
    [InlineData("query --cert", "--certificate")]
    [InlineData("query -c x --cert", "")]
    [InlineData("config view --ti", "--timeout")]
    [InlineData("config contexts --ti", "")]
    [InlineData("ca list --ti", "")]
    [InlineData("ca list --d", "--dir")]
    [InlineData("query --use", "")] // hidden
    [InlineData("query -o j", "json")]
    [InlineData("query --output j", "json")]
    [InlineData("query --output=j", "--output=json")]
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
        Assert.Contains("inspect\tPrints all that is known of a task, with its request and its end.\n", run.Output, StringComparison.Ordinal);
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

    private async Task<string[]> CompleteAsync(string line)
    {
        var run = await _files.RunAsync(["complete", "--", .. line.Split(' ')]);
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        return [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(candidate => candidate.Split('\t')[0])];
    }
}
