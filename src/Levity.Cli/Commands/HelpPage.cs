using System.CommandLine;
using Levity.Cli.Commands.Naming;
using System.CommandLine.Help;

namespace Levity.Cli.Commands;

/// <summary>
/// What there is to say of a command, from the command itself. Its help, its manual page and docs/cli.md are three ways
/// to write this down.
/// </summary>
/// <param name="Path">As it is typed, such as <c>levity ca list</c>.</param>
/// <param name="Summary">What it does, in a sentence.</param>
/// <param name="Usage">Its path with what may follow.</param>
/// <param name="Sections">What that is, a table each.</param>
/// <param name="Examples">Lines that work.</param>
/// <param name="CallsServer">Whether the options that say how to reach a server mean anything to it.</param>
internal sealed record HelpPage(
    string Path,
    string Summary,
    string Usage,
    IReadOnlyList<HelpSection> Sections,
    IReadOnlyList<Example> Examples,
    bool CallsServer)
{
    public static HelpPage Of(Command command) => new(
        PathOf(command),
        command.Description ?? "",
        $"{PathOf(command)} {Synopsis(command)}".TrimEnd(),
        [.. SectionsOf(command).Where(section => section.Rows.Count > 0)],
        (command as Verb)?.Examples ?? [],
        command is Verb { CallsServer: true, Subcommands.Count: 0 });

    public static string PathOf(Command command) =>
        ParentOf(command) is { } parent ? $"{PathOf(parent)} {command.Name}" : command.Name;

    private static Command? ParentOf(Command command) => command.Parents.OfType<Command>().FirstOrDefault();

    private static IEnumerable<HelpSection> SectionsOf(Command command) =>
    [
        .. (command as Verb)?.Groups.Select(group => new HelpSection(group.Title, [.. Visible(group.Verbs).Select(Describe)])) ?? [],
        new("Operands", [.. command.Arguments.Select(operand => new HelpRow(operand.Name, operand.Description ?? ""))]),
        new("Options", [.. command.Options.Where(option => !option.Hidden).Select(Describe)]),
        .. InheritedBy(command),
    ];

    // Those of levity itself are the same for each verb, and are told once.
    private static IEnumerable<HelpSection> InheritedBy(Command command) => ParentOf(command) is { } parent && ParentOf(parent) is not null
        ? [new($"Options of each `{PathOf(parent)}`", [.. parent.Options.Where(IsForAll).Select(Describe)])]
        : [];

    private static bool IsForAll(Option option) => option is { Recursive: true, Hidden: false } and not HelpOption;

    private static IEnumerable<Command> Visible(IEnumerable<Command> verbs) => verbs.Where(verb => !verb.Hidden);

    private static string Synopsis(Command command) => command switch
    {
        { Subcommands.Count: > 0 } => "[OPTIONS] COMMAND",
        _ when command.Arguments.Any(TakesTheRest) => $"[OPTIONS] [--] {Operands(command)}",
        _ => $"[OPTIONS] {Operands(command)}",
    };

    private static string Operands(Command command) => string.Join(' ', command.Arguments.Select(Describe));

    private static string Describe(Argument operand) => operand switch
    {
        _ when !TakesTheRest(operand) => IsNeeded(operand) ? operand.Name : $"[{operand.Name}]",
        _ when IsNeeded(operand) => $"{operand.Name}...",
        _ => $"[{operand.Name}...]",
    };

    // --name may stand for the task.
    private static bool IsNeeded(Argument operand) =>
        operand.Arity.MinimumNumberOfValues > 0 || operand is TaskOperand { MayBeNone: false };

    private static bool TakesTheRest(Argument operand) => operand.Arity.MaximumNumberOfValues > 1;

    private static HelpRow Describe(Command command) => new(
        command.Subcommands.Count > 0 ? $"{command.Name} COMMAND" : $"{command.Name} {Operands(command)}".TrimEnd(),
        command.Description ?? "");

    private static HelpRow Describe(Option option)
    {
        var names = option.Aliases.Count > 0 ? $"{option.Aliases.First()}, {option.Name}" : $"    {option.Name}";
        return new(option.HelpName is null ? names : $"{names} {option.HelpName}", option.Description ?? "");
    }
}

/// <summary>A table of a page.</summary>
internal sealed record HelpSection(string Title, IReadOnlyList<HelpRow> Rows);

/// <summary>An option, an operand or a verb, and what it is.</summary>
internal sealed record HelpRow(string Term, string Text);
