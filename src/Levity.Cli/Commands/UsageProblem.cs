using System.CommandLine;
using System.CommandLine.Parsing;

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
            return $"there is no option {unknown.Value}";
        }

        return parsed.Errors is [var error, ..] ? error.Message.TrimEnd('.') : null;
    }

    private static bool IsOperand(Token token, ParseResult parsed) =>
        parsed.CommandResult.Tokens.Any(operand => ReferenceEquals(operand, token))
        || parsed.UnmatchedTokens.Contains(token.Value);
}
