using Levity.Cli.Authority;

namespace Levity.Cli.Commands.Ca;

/// <summary><c>levity ca crl</c>: the revocation lists again, with a new number and a new end.</summary>
internal sealed class CrlCommand : Verb
{
    private readonly DaysOption _days = new(
        "--days", $"When the next ones are due [default {CertificateAuthority.ListDays}].", most: 3650);

    public CrlCommand(CaDirectoryOption directory, CommandContext context)
        : base("crl", "Makes new revocation lists; `revoke` does so by itself.")
    {
        Examples = [new("levity ca crl --days 7", "The next ones are due within a week.")];
        Options.Add(_days);
        SetAction(async (parsed, cancellationToken) =>
        {
            using var ca = await CertificateAuthority.OpenAsync(
                parsed.GetRequiredValue(directory), context.Time, cancellationToken);
            return Outcomes.Print(context, ca.PublishLists(parsed.GetValue(_days) ?? CertificateAuthority.ListDays));
        });
    }
}
