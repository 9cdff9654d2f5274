using System.CommandLine;
using System.CommandLine.Parsing;
using Levity.Cli.Terminals;

namespace Levity.Cli.Commands.Attaching;

/// <summary>The keys that leave a task.</summary>
internal sealed class DetachKeysOption : Option<DetachKeys>
{
    public DetachKeysOption()
        : base("--detach-keys")
    {
        HelpName = "KEYS";
        Description = $"What to type to leave it, '' for nothing [default {DetachKeys.Usual}].";
        CustomParser = Parse;
    }

    /// <summary>What was given, or the usual ones.</summary>
    public DetachKeys Read(ParseResult parsed) =>
        parsed.GetValue(this) ?? (DetachKeys.TryParse(DetachKeys.Usual, out var usual) ? usual : new DetachKeys([]));

    private static DetachKeys? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (DetachKeys.TryParse(text, out var keys))
        {
            return keys;
        }

        result.AddError($"--detach-keys wants keys with commas between them, such as {DetachKeys.Usual} or ctrl-],d, and '{text}' is none");
        return null;
    }
}
