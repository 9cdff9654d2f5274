namespace Levity.Cli.Commands.Ca;

/// <summary><c>levity ca</c>: a certificate authority in a directory. No server is called.</summary>
internal sealed class CaCommand : Verb
{
    public CaCommand(GlobalOptions globals, CommandContext context)
        : base("ca", "Makes and revokes the certificates of levityd and its users.")
    {
        var directory = new CaDirectoryOption();
        Options.Add(directory);
        Verb[] verbs =
        [
            new InitCommand(directory, context),
            new IssueServerCommand(directory, context),
            new IssueUserCommand(directory, context),
            new RequestCommand(directory, context),
            new RenewCommand(directory, context),
            new RevokeCommand(directory, context),
            new CrlCommand(directory, context),
            new ListCommand(directory, context),
        ];
        foreach (var verb in verbs)
        {
            globals.KeepOutOf(verb);
            Subcommands.Add(verb);
        }
    }
}
