using System.CommandLine;
using Levity.Cli.Authority;
using Levity.Protocol;

namespace Levity.Cli.Commands.Ca;

/// <summary>
/// <c>levity ca renew</c>: the certificates of these, or of all that end soon, and then the revocation lists too. For the
/// same keys, so that only certificates have to travel.
/// </summary>
internal sealed class RenewCommand : Verb
{
    private readonly Argument<string[]> _names = new("NAME")
    {
        Description = "Whose [default all that are good and end within the days].",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly DaysOption _days =
        new("--days", "How long they are good for [default as long as the last].", Purpose.User.LongestDays);

    private readonly WithinOption _within = new();

    public RenewCommand(CaDirectoryOption directory, CommandContext context)
        : base("renew", "Renews certificates for the same keys, before they end.")
    {
        Examples =
        [
            new("levity ca renew", "All that end within 30 days."),
            new("levity ca renew alice --days 90", "That of alice."),
        ];
        Arguments.Add(_names);
        Options.Add(_days);
        Options.Add(_within);
        _names.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !UserName.TryParse(token.Value, out _)))
            {
                result.AddError($"'{token.Value}' is no name: it is made of {UserName.Rule}");
            }
        });
        SetAction((parsed, cancellationToken) => RunAsync(parsed, directory, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, CaDirectoryOption directory, CommandContext context, CancellationToken cancellationToken)
    {
        using var ca = await CertificateAuthority.OpenAsync(
            parsed.GetRequiredValue(directory), context.Time, cancellationToken);
        var issuer = new Issuer(ca);
        var within = _within.Read(parsed);
        var given = parsed.GetValue(_names) ?? [];
        var names = given.Length > 0
            ? given.Select(text => UserName.TryParse(text, out var name) ? name : default).ToList()
            : issuer.EndingBefore(ca.Now + within).ToList();
        var exitCode = ExitCodes.Success;
        foreach (var name in names)
        {
            try
            {
                Outcomes.Print(context, issuer.Renew(name, parsed.GetValue(_days)));
            }
            catch (CommandException e)
            {
                context.Output.Report(e.Message);
                exitCode = e.ExitCode;
            }
        }

        if (given.Length == 0 && Inventory.HasListToRenew(ca, within))
        {
            Outcomes.Print(context, ca.PublishLists(CertificateAuthority.ListDays));
        }

        return exitCode;
    }
}
