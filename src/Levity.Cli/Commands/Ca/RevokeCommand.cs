using System.CommandLine;
using Levity.Cli.Authority;

namespace Levity.Cli.Commands.Ca;

/// <summary><c>levity ca revoke</c>: takes back certificates and publishes the lists that say so.</summary>
internal sealed class RevokeCommand : Verb
{
    private readonly Argument<string> _who = new("NAME|SERIAL")
    {
        Description = "Whose certificates, all of them; or the one with this serial number.",
    };

    private readonly Option<string?> _reason = new("--reason")
    {
        HelpName = "REASON",
        Description = "Such as key-compromise or superseded [default unspecified].",
    };

    public RevokeCommand(CaDirectoryOption directory, CommandContext context)
        : base("revoke", "Takes back what was issued to a name, and makes new revocation lists.")
    {
        Examples =
        [
            new("levity ca revoke bob --reason key-compromise", "All that bob has; levityd reads the new lists at once."),
        ];
        Arguments.Add(_who);
        Options.Add(_reason);
        _reason.CompletionSources.Add([.. RevocationReasons.Names]);
        _reason.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !RevocationReasons.Has(token.Value))
            {
                result.AddError(
                    $"--reason wants one of {string.Join(", ", RevocationReasons.Names)}, and '{token.Value}' is none");
            }
        });
        SetAction(async (parsed, cancellationToken) =>
        {
            using var ca = await CertificateAuthority.OpenAsync(
                parsed.GetRequiredValue(directory), context.Time, cancellationToken);
            return Outcomes.Print(
                context,
                ca.Revoke(parsed.GetRequiredValue(_who), parsed.GetValue(_reason) ?? RevocationReasons.Unspecified));
        });
    }
}
