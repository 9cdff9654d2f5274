using System.Text;
using Levity.Cli.Commands.Naming;

namespace Levity.Cli.Tests.Snapshots;

/// <summary>
/// Command lines that make no sense: one line, exit code 125, and nothing is sent anywhere. Errors/ has them and what is
/// said of each, a file for each verb: a new one is a line <c>$ levity …</c> there, and <c>make docs</c> adds the answer.
/// </summary>
public sealed class UsageTests
{
    private const string Prompt = "$ levity";

    public static TheoryData<string> Files => [.. VerbTree.Names];

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

    /// <summary>What a new option needs is a line in the file of its verb in which it is used in a wrong way.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Each_mistake_that_a_verb_makes_possible_was_written_down(string name)
    {
        var verb = VerbTree.All.Single(verb => VerbTree.NameOf(verb) == name);
        var exchanges = ExchangesIn(name).ToList();

        foreach (var option in VerbTree.OptionsOf(verb))
        {
            Assert.True(
                exchanges.Any(exchange => IsAbout(exchange, VerbTree.NamesOf(option))),
                $"Errors/{name}.txt has no line in which {option.Name} is used in a wrong way and told of: write one, then `make docs`");
        }

        var needed = verb.Arguments.Where(
            operand => operand.Arity.MinimumNumberOfValues > 0 || operand is TaskOperand { MayBeNone: false });
        Assert.All(needed, operand => Assert.Contains(exchanges, exchange => Says(exchange, $"{operand.Name} is missing ")));
        Assert.Contains(
            exchanges, exchange => Says(exchange, verb.Subcommands.Count > 0 ? "there is no command " : "there is no option "));
    }

    [Fact]
    public void Nothing_is_written_down_of_verbs_that_there_are_not() =>
        Assert.Empty(Snapshot.NamesIn("Errors").Except(VerbTree.Names));

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

    private static IEnumerable<(string Line, string Answer)> ExchangesIn(string name) => Snapshot.Read("Errors", name)
        .Split(Prompt, StringSplitOptions.RemoveEmptyEntries)
        .Select(exchange => exchange.Split('\n'))
        .Select(lines => (lines[0], lines[1]));

    // It is in the line, by one of its names, and in the answer.
    private static bool IsAbout((string Line, string Answer) exchange, IEnumerable<string> option) =>
        exchange.Line.Split(' ').Any(word => option.Contains(word.Split('=')[0]))
        && exchange.Answer.Split([' ', '(', ')', ':', ',']).Any(option.Contains);

    private static bool Says((string Line, string Answer) exchange, string begin) =>
        exchange.Answer.StartsWith($"levity: {begin}", StringComparison.Ordinal);

    // As a shell would, where there are no quotes but those of an empty word.
    private static IEnumerable<string> WordsOf(string line) =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word == "''" ? "" : word);
}
