using Levity.Client;

namespace Levity.Cli.Configuration;

/// <summary>
/// What the files say: the context that was chosen, or the current one, then what the user's file says for all contexts,
/// then the system's file. A file that is not there costs a look for it; TOML is only read where there is one.
/// </summary>
internal sealed class ClientConfiguration
{
    private readonly ContextFile? _user;
    private readonly ContextFile? _system;

    private ClientConfiguration(ContextFile? user, ContextFile? system, Setting? context) =>
        (_user, _system, Context) = (user, system, context);

    /// <summary>The name of the context that counts, and what says so; null when there is none.</summary>
    public Setting? Context { get; }

    /// <param name="context">Where the files are.</param>
    /// <param name="chosen">The name of a context, which there has to be; null for the current one.</param>
    /// <exception cref="CommandException">There is no such context.</exception>
    public static ClientConfiguration Read(CommandContext context, Setting? chosen)
    {
        var user = ContextFile.OfUser(context);
        if (chosen is not null && user?.Has(chosen.Value) != true)
        {
            throw new CommandException(
                $"{ContextFile.NoContext(user, chosen.Value)} ({chosen.Origin}): `levity config set-context` makes one");
        }

        return new ClientConfiguration(user, ContextFile.OfSystem(context), chosen ?? user?.CurrentContext);
    }

    public Setting? Find(string key) => _user?.Find(key, Context?.Value) ?? _system?.Find(key, context: null);
}
