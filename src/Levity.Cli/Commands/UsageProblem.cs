using System.CommandLine;
using System.CommandLine.Parsing;
using Levity.Configuration;

namespace Levity.Cli.Commands;

/// <summary>What is wrong with a command line.</summary>
/// <param name="Text">In words.</param>
/// <param name="Page">Whose help tells how it is done.</param>
internal sealed record UsageProblem(string Text, Command Page)
{
    /// <param name="args">As they were parsed.</param>
    /// <param name="parsed">What came of that.</param>
    /// <returns>The first problem; null when there is none, or help was asked for.</returns>
    public static UsageProblem? In(IReadOnlyList<string> args, ParseResult parsed)
    {
        if (parsed.Action is { ClearsParseErrors: true })
        {
            return null;
        }

        var verb = parsed.CommandResult.Command;
        if (args.TakeWhile(arg => arg != "--").FirstOrDefault(arg => IsFlagWithValue(arg, parsed)) is { } flag)
        {
            var (name, value) = (flag[..EndOfName(flag)], flag[(EndOfName(flag) + 1)..]);
            return new($"{name} takes no value, and has '{value}': write it alone, or leave it out", verb);
        }

        // The parser takes an option that it does not know for an operand, and then complains of something else.
        var unknown = parsed.Tokens
            .TakeWhile(token => token.Type != TokenType.DoubleDash)
            .FirstOrDefault(token => Operands.IsOption(token.Value) && IsOperand(token, parsed));
        if (unknown is not null)
        {
            var names = OptionsOf(parsed.CommandResult).Select(option => option.Name);
            return new($"there is no option {unknown.Value}{Meant(unknown.Value, names)}", verb);
        }

        var surplus = parsed.UnmatchedTokens is [var first, ..] ? first : null;
        if (surplus is not null && verb.Subcommands.Count > 0)
        {
            return NoCommand(surplus, verb);
        }

        // A word before the command: the parser goes on until there is one that it knows.
        if (surplus is not null && parsed.CommandResult.Parent is CommandResult parent && IsBefore(surplus, parsed))
        {
            return NoCommand(surplus, parent.Command);
        }

        return surplus is not null ? new($"one operand too many: {surplus}", verb)
            : parsed.Errors.FirstOrDefault(IsUseful) is { } error ? Describe(error, parsed)
            : verb.Subcommands.Count > 0 ? new("there is no command", verb)
            : null;
    }

    private static UsageProblem NoCommand(string word, Command among) =>
        new($"there is no command {word}{Meant(word, VerbsOf(among))}", among);

    // That there is no command has no words of ours, and is said last.
    private static bool IsUseful(ParseError error) =>
        error.SymbolResult is not CommandResult { Command.Subcommands.Count: > 0 };

    private static bool IsBefore(string word, ParseResult parsed) => parsed.Tokens
        .TakeWhile(token => !ReferenceEquals(token, parsed.CommandResult.IdentifierToken))
        .Any(token => token.Type == TokenType.Argument && token.Value == word);

    // Two letters are a slip; what is farther off is another word.
    private static string Meant(string word, IEnumerable<string> words) =>
        KnownKeys.Nearest(word, words, most: 2) is { } nearest && word.Length > 2 ? $": do you mean {nearest}?" : "";

    private static IEnumerable<string> VerbsOf(Command command) =>
        command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name);

    private static IEnumerable<Option> OptionsOf(CommandResult result) =>
    [
        .. result.Command.Options.Where(option => !option.Hidden),
        .. result.Parent is CommandResult parent ? OptionsOf(parent) : [],
    ];

    // The parser takes the value for an operand: `rm --force=false web` would be about two tasks, and with force.
    private static bool IsFlagWithValue(string arg, ParseResult parsed) =>
        Operands.IsOption(arg) && EndOfName(arg) is > 0 and var end && OptionsOf(parsed.CommandResult).Any(option =>
            option.Arity.MaximumNumberOfValues == 0 && (option.Name == arg[..end] || option.Aliases.Contains(arg[..end])));

    // Both are good for options that have a value.
    private static int EndOfName(string arg) => arg.AsSpan().IndexOfAny('=', ':');

    private static bool IsOperand(Token token, ParseResult parsed) =>
        parsed.CommandResult.Tokens.Any(operand => ReferenceEquals(operand, token))
        || parsed.UnmatchedTokens.Contains(token.Value);

    private static UsageProblem Describe(ParseError error, ParseResult parsed) => new(
        TextOf(error),
        error.SymbolResult is OptionResult { Option: ServerOption } ? parsed.RootCommandResult.Command : parsed.CommandResult.Command);

    private static string TextOf(ParseError error) => error.SymbolResult switch
    {
        ArgumentResult { Tokens.Count: 0 } operand => $"{operand.Argument.Name} is missing",
        OptionResult { Tokens.Count: 0, IdentifierToken: { } given } => $"{given.Value} wants a value",
        OptionResult { Tokens.Count: 0 } option => $"{option.Option.Name} is missing",
        OptionResult { IdentifierTokenCount: > 1, Option: { Arity.MaximumNumberOfValues: 1 } option } =>
            $"{option.Name} is given more than once",
        _ => error.Message,
    };
}
