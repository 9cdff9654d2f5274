using System.CommandLine;
using Levity.Cli;
using Levity.Cli.Commands;
using Levity.Cli.Output;
using Levity.Daemon.Hosting;

namespace Levity.Manual;

/// <summary>What the programs' own trees of verbs say of them.</summary>
internal static class Programs
{
    /// <summary>levity, and each verb of it that help shows, from the top down.</summary>
    public static IReadOnlyList<HelpPage> Levity { get; } = [.. Visible(
        new LevityCommand(new CommandContext(new ConsoleOutput(Stream.Null, Stream.Null), _ => null, TimeProvider.System)))
        .Select(HelpPage.Of)];

    /// <summary>levityd, and what is below it. The library names its root after the file that is executed, which is us.</summary>
    public static IReadOnlyList<HelpPage> Levityd { get; } = [.. Visible(DaemonCommand.Create((_, _) => Task.FromResult(0)))
        .Select(HelpPage.Of)
        .Select(page => page with
        {
            Path = page.Path.Replace(RootCommand.ExecutableName, "levityd", StringComparison.Ordinal),
            Usage = page.Usage.Replace(RootCommand.ExecutableName, "levityd", StringComparison.Ordinal),
            Sections = [.. page.Sections.Where(section => !section.Title.StartsWith("Options of each", StringComparison.Ordinal))],
        })];

    private static IEnumerable<Command> Visible(Command command) =>
        command.Hidden ? [] : [command, .. command.Subcommands.SelectMany(Visible)];
}
