using System.CommandLine;
using Levity.Cli.Commands;
using Levity.Cli.Output;

namespace Levity.Cli.Tests.Snapshots;

/// <summary>The verbs that there are, and what their texts are called in a folder of snapshots.</summary>
internal static class VerbTree
{
    /// <summary>All that help shows, levity itself first.</summary>
    public static IEnumerable<Command> All => Visible(
        new LevityCommand(new CommandContext(new ConsoleOutput(Stream.Null, Stream.Null), _ => null, TimeProvider.System)));

    public static IEnumerable<string> Names => All.Select(NameOf);

    /// <summary><c>ca-list</c> for <c>levity ca list</c>.</summary>
    public static string NameOf(Command verb) =>
        HelpPage.PathOf(verb).Split(' ') is [_, _, ..] words ? string.Join('-', words[1..]) : verb.Name;

    /// <summary>The options that are its own, and not those of all verbs.</summary>
    public static IEnumerable<Option> OptionsOf(Command verb) => verb.Options.Where(
        option => !option.Hidden && option.Action is null); // not --help and --version, which nothing can be wrong with

    public static IEnumerable<string> NamesOf(Option option) => [option.Name, .. option.Aliases];

    private static IEnumerable<Command> Visible(Command verb) =>
        verb.Hidden ? [] : [verb, .. verb.Subcommands.SelectMany(Visible)];
}
