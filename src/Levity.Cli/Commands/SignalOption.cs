using System.CommandLine;
using System.CommandLine.Parsing;
using Levity.Cli.Output;

namespace Levity.Cli.Commands;

/// <summary>A signal, by its name or its number.</summary>
internal sealed class SignalOption : Option<int?>
{
    public SignalOption(string name, string description, params string[] aliases)
        : base(name, aliases)
    {
        HelpName = "SIGNAL";
        Description = description;
        CustomParser = Parse;
        CompletionSources.Clear();
        CompletionSources.Add(_ => SignalNames.Short);
    }

    private int? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (SignalNames.TryParse(text, out var signal))
        {
            return signal;
        }

        result.AddError(
            $"{Name} wants a signal, by a name such as TERM, SIGUSR1 or RTMIN+2 or by a number from 1 to {SignalNames.Last}, "
            + $"and '{text}' is none");
        return null;
    }
}
