using System.CommandLine;
using System.CommandLine.Parsing;
using Levity.Configuration;

namespace Levity.Cli.Commands;

/// <summary>Says what is wrong with a command line.</summary>
internal static class UsageProblem
{
    /// <returns>The first problem; null when there is none, or help was asked for.</returns>
    public static string? In(ParseResult parsed)
    {
        if (parsed.Action is { ClearsParseErrors: true })
        {
            return null;
        }

        // The parser takes an option that it does not know for an operand, and then complains of something else.
        var unknown = parsed.Tokens
            .TakeWhile(token => token.Type != TokenType.DoubleDash)
            .FirstOrDefault(token => Operands.IsOption(token.Value) && IsOperand(token, parsed));
        if (unknown is not null)
        {
            return $"there is no option {unknown.Value}{Meant(unknown.Value, OptionsOf(parsed.CommandResult))}";
        }

        var surplus = parsed.UnmatchedTokens is [var first, ..] ? first : null;
        if (parsed.CommandResult.Command.Subcommands.Count > 0)
        {
            return surplus is null
                ? "there is no command"
                : $"there is no command {surplus}{Meant(surplus, VerbsOf(parsed.CommandResult.Command))}";
        }

        // A word before the command: the parser goes on until there is one that it knows.
        if (surplus is not null && parsed.CommandResult.Parent is CommandResult parent && IsBefore(surplus, parsed))
        {
            return $"there is no command {surplus}{Meant(surplus, VerbsOf(parent.Command))}";
        }

        return surplus is not null ? $"one operand too many: {surplus}"
            : parsed.Errors is [var error, ..] ? Describe(error)
            : null;
    }

    private static bool IsBefore(string word, ParseResult parsed) => parsed.Tokens
        .TakeWhile(token => !ReferenceEquals(token, parsed.CommandResult.IdentifierToken))
        .Any(token => token.Type == TokenType.Argument && token.Value == word);

    // Two letters are a slip; what is farther off is another word.
    private static string Meant(string word, IEnumerable<string> words) =>
        KnownKeys.Nearest(word, words, most: 2) is { } nearest && word.Length > 2 ? $": do you mean {nearest}?" : "";

    private static IEnumerable<string> VerbsOf(Command command) =>
        command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name);

    private static IEnumerable<string> OptionsOf(CommandResult result) =>
    [
        .. result.Command.Options.Where(option => !option.Hidden).Select(option => option.Name),
        .. result.Parent is CommandResult parent ? OptionsOf(parent) : [],
    ];

    private static bool IsOperand(Token token, ParseResult parsed) =>
        parsed.CommandResult.Tokens.Any(operand => ReferenceEquals(operand, token))
        || parsed.UnmatchedTokens.Contains(token.Value);

    private static string Describe(ParseError error) => error.SymbolResult switch
    {
        ArgumentResult { Tokens.Count: 0 } operand => $"{operand.Argument.Name} is missing",
        OptionResult { Tokens.Count: 0, IdentifierToken: { } given } => $"{given.Value} wants a value",
        OptionResult { Tokens.Count: 0 } option => $"{option.Option.Name} is missing",
        OptionResult { IdentifierTokenCount: > 1, Option: { Arity.MaximumNumberOfValues: 1 } option } =>
            $"{option.Name} is given more than once",
        _ => error.Message,
    };
}
