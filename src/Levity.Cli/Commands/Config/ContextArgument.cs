using System.CommandLine;
using Levity.Protocol;

namespace Levity.Cli.Commands.Config;

/// <summary>The name of a context.</summary>
internal sealed class ContextArgument : Argument<string>
{
    public ContextArgument(string description)
        : base("CONTEXT")
    {
        Description = description;
        Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !UserName.TryParse(token.Value, out _))
            {
                result.AddError($"'{token.Value}' is no name of a context: it is made of {UserName.Rule}");
            }
        });
    }
}
