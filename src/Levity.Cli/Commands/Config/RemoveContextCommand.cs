using Levity.Cli.Configuration;

namespace Levity.Cli.Commands.Config;

/// <summary><c>levity config rm-context</c>: forgets how to reach a server. Prints nothing.</summary>
internal sealed class RemoveContextCommand : Verb
{
    private readonly ContextArgument _name = new("The context that is to go.");

    public RemoveContextCommand(CommandContext context)
        : base("rm-context", "Removes a context; the files that it names stay.")
    {
        Examples = [new("levity config rm-context build", "If it was the current one, there is none then.")];
        Arguments.Add(_name);
        SetAction(parsed => Run(parsed.GetRequiredValue(_name), context));
    }

    private static int Run(string name, CommandContext context)
    {
        var wasCurrent = false;
        ContextFileChange.Make(
            context,
            (before, text) =>
            {
                ContextFileChange.Require(before, name);
                text.Remove([ContextFile.Contexts, name]);
                wasCurrent = before?.CurrentContext?.Value == name;
                if (wasCurrent)
                {
                    text.Remove(ContextFile.Current);
                }
            },
            after => !after.Has(name));
        if (wasCurrent)
        {
            context.Output.Report($"{name} was the current context; `levity config use-context` chooses another");
        }

        return ExitCodes.Success;
    }
}
