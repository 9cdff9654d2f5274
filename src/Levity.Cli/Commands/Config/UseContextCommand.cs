using Levity.Cli.Configuration;

namespace Levity.Cli.Commands.Config;

/// <summary><c>levity config use-context</c>: which context counts when none is chosen. Prints nothing.</summary>
internal sealed class UseContextCommand : Verb
{
    private readonly ContextArgument _name = new("One of your contexts (`levity config contexts`).");

    public UseContextCommand(CommandContext context)
        : base("use-context", "Makes a context the current one.")
    {
        Examples = [new("levity config use-context build", "From now on commands go to the server of this context.")];
        Arguments.Add(_name);
        SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(_name);
            ContextFileChange.Make(
                context,
                (before, text) =>
                {
                    ContextFileChange.Require(before, name);
                    text.Set([], ContextFile.Current, name);
                },
                after => after.CurrentContext?.Value == name);
            return ExitCodes.Success;
        });
    }
}
