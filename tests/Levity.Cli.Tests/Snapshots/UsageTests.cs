using System.Text;

namespace Levity.Cli.Tests.Snapshots;

/// <summary>
/// Command lines that make no sense: one line, exit code 125, and nothing is sent anywhere. Errors/ has them and what is
/// said of each, a file for each verb: a new one is a line <c>$ levity …</c> there, and <c>make docs</c> adds the answer.
/// </summary>
public sealed class UsageTests
{
    private const string Prompt = "$ levity";

    public static TheoryData<string> Files => [.. Snapshot.NamesIn("Errors")];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task What_makes_no_sense_is_told_in_a_line_as_it_was_written_down(string verb)
    {
        var lines = Snapshot.Read("Errors", verb).Split('\n').Where(line => line.StartsWith(Prompt, StringComparison.Ordinal));
        var transcript = new StringBuilder();
        foreach (var line in lines)
        {
            var run = await CommandRun.ExecuteAsync([.. WordsOf(line[Prompt.Length..])]);

            Assert.True(
                run is { Output: "", ExitCode: 125 } && run.Error.IndexOf('\n') == run.Error.Length - 1,
                $"{line}: ended with {run.ExitCode} and wrote {run.Output}{run.Error}");
            transcript.Append(line).Append('\n').Append(run.Error);
        }

        Assert.True(transcript.Length > 0, $"Errors/{verb}.txt has no line that begins with {Prompt}");
        Snapshot.Check("Errors", verb, transcript.ToString());
    }

    [Fact]
    public async Task What_is_not_UTF_8_is_not_sent_as_something_else()
    {
        var run = await CommandRun.ExecuteAsync(["start", "cat", "caf\ufffd"]);

        Assert.StartsWith("levity: the argument caf\ufffd is not UTF-8", run.Error, StringComparison.Ordinal);
        Assert.Equal(125, run.ExitCode);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("0s")]
    [InlineData("-1s")]
    [InlineData("soon")]
    public async Task A_timeout_that_is_none(string timeout)
    {
        var run = await CommandRun.ExecuteAsync(
            ["query", "1"],
            new() { ["LEVITY_CERTIFICATE"] = "c", ["LEVITY_KEY"] = "k", ["LEVITY_TIMEOUT"] = timeout });

        Assert.Equal(
            $"levity: the timeout '{timeout}' (LEVITY_TIMEOUT) is not a duration above zero: write it like 500ms, 5s "
            + "or 1m30s\n",
            run.Error);
        Assert.Equal(125, run.ExitCode);
    }

    // As a shell would, where there are no quotes but those of an empty word.
    private static IEnumerable<string> WordsOf(string line) =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word == "''" ? "" : word);
}
