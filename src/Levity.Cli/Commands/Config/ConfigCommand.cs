namespace Levity.Cli.Commands.Config;

/// <summary><c>levity config</c>: how this user reaches servers. No server is called.</summary>
internal sealed class ConfigCommand : Verb
{
    public ConfigCommand(GlobalOptions globals, CommandContext context)
        : base("config", "Shows and changes how you reach servers: contexts.")
    {
        Verb[] verbs =
        [
            new ContextsCommand(context),
            new UseContextCommand(context),
            new RemoveContextCommand(context),
        ];
        Subcommands.Add(new ViewCommand(globals, context));
        Subcommands.Add(new SetContextCommand(globals, context));
        foreach (var verb in verbs)
        {
            globals.KeepOutOf(verb);
            Subcommands.Add(verb);
        }
    }
}
