using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace Levity.Cli.Commands;

/// <summary>
/// Writes the help of a command. The library's own has no place for what matters most with <c>start</c>: that levity's
/// options come before the command.
/// </summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
    private const int Column = 28;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var (command, output) = (parseResult.CommandResult.Command, parseResult.InvocationConfiguration.Output);
        var usage = $"{PathOf(parseResult.CommandResult)} {Synopsis(command)}".TrimEnd();
        output.Write($"{command.Description}\n\nUsage: {usage}\n");
        Write(output, "Commands", command.Subcommands.Select(Describe));
        Write(output, "Operands", command.Arguments.Select(operand => (operand.Name, operand.Description)));
        Write(output, "Options", command.Options.Where(option => !option.Hidden).Select(Describe));
        if (parseResult.CommandResult.Parent is CommandResult parent && command.Subcommands.Count == 0)
        {
            Write(output, "Options of every command", parent.Command.Options.Where(IsForAll).Select(Describe));
        }

        return ExitCodes.Success;
    }

    /// <returns>The command as it is typed, such as <c>levity start</c>.</returns>
    public static string PathOf(CommandResult result) => result.Parent is CommandResult parent
        ? $"{PathOf(parent)} {result.Command.Name}"
        : result.Command.Name;

    private static void Write(TextWriter output, string title, IEnumerable<(string Term, string? Description)> rows)
    {
        var lines = rows.Select(row => $"  {row.Term.PadRight(Column - 2)}{row.Description}\n").ToList();
        if (lines.Count > 0)
        {
            output.Write($"\n{title}:\n{string.Concat(lines)}");
        }
    }

    private static string Synopsis(Command command) => command switch
    {
        { Subcommands.Count: > 0 } => "[OPTIONS] COMMAND",
        _ when command.Arguments.Any(TakesTheRest) => $"[OPTIONS] [--] {Operands(command)}",
        _ => $"[OPTIONS] {Operands(command)}",
    };

    private static string Operands(Command command) => string.Join(' ', command.Arguments.Select(Describe));

    private static string Describe(Argument operand) => operand switch
    {
        _ when !TakesTheRest(operand) => operand.Arity.MinimumNumberOfValues > 0 ? operand.Name : $"[{operand.Name}]",
        { Arity.MinimumNumberOfValues: > 0 } => $"{operand.Name}...",
        _ => $"[{operand.Name}...]",
    };

    private static bool TakesTheRest(Argument operand) => operand.Arity.MaximumNumberOfValues > 1;

    private static bool IsForAll(Option option) => option is { Recursive: true, Hidden: false } and not HelpOption;

    private static (string Term, string? Description) Describe(Command command) =>
        (command.Subcommands.Count > 0 ? $"{command.Name} COMMAND" : $"{command.Name} {Operands(command)}", command.Description);

    private static (string Term, string? Description) Describe(Option option)
    {
        var names = option.Aliases.Count > 0 ? $"{option.Aliases.First()}, {option.Name}" : $"    {option.Name}";
        return (option.HelpName is null ? names : $"{names} {option.HelpName}", option.Description);
    }
}
