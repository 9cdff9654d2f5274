namespace Levity.Cli.Commands.Audit;

/// <summary><c>levity audit</c>: what can be done with the files of an audit log. No server is called.</summary>
internal sealed class AuditCommand : Verb
{
    public AuditCommand(GlobalOptions globals, CommandContext context)
        : base("audit", "Checks the audit log of a levityd.")
    {
        var verify = new VerifyCommand(context);
        globals.KeepOutOf(verify);
        Subcommands.Add(verify);
    }
}
