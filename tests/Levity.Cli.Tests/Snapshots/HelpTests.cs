using Levity.Cli.Commands;

namespace Levity.Cli.Tests.Snapshots;

/// <summary>The help of each verb that there is; Help/ca-list.txt is that of <c>levity ca list</c>.</summary>
public sealed class HelpTests
{
    public static TheoryData<string> Paths => [.. VerbTree.All.Select(HelpPage.PathOf)];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task The_help_of_a_verb_is_as_it_was_written_down(string path)
    {
        var run = await CommandRun.ExecuteAsync([.. path.Split(' ')[1..], "--help"]);

        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        Assert.DoesNotContain(run.Output.Split('\n'), line => line.Length > 100 || line.EndsWith(' '));
        Snapshot.Check("Help", VerbTree.NameOf(VerbTree.All.Single(verb => HelpPage.PathOf(verb) == path)), run.Output);
    }

    [Fact]
    public void Nothing_is_written_down_of_verbs_that_there_are_not() =>
        Assert.Empty(Snapshot.NamesIn("Help").Except(VerbTree.Names));

    [Fact]
    public void Each_verb_that_does_something_has_an_example_that_begins_with_it() => Assert.DoesNotContain(
        VerbTree.All.Where(verb => verb.Subcommands.Count == 0),
        verb => verb is not Verb { Examples.Count: > 0 } with
            || !with.Examples.All(example => $"{example.Line} ".Contains($"{HelpPage.PathOf(verb)} ", StringComparison.Ordinal)));

    [Fact]
    public async Task Help_wins_over_what_is_missing()
    {
        var run = await CommandRun.ExecuteAsync(["start", "-h"]);

        Assert.StartsWith("Starts a task", run.Output, StringComparison.Ordinal);
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        var run = await CommandRun.ExecuteAsync(["--version"]);

        Assert.Matches(@"\Alevity [0-9]+\.[0-9]+\.[0-9]+[^ ]*\n\z", run.Output);
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
    }
}
