using Levity.Cli.Authority;

namespace Levity.Cli.Commands.Ca;

/// <summary><c>levity ca init</c>: makes the two authorities.</summary>
internal sealed class InitCommand : Verb
{
    private const int UsualDays = 3650;

    private readonly DaysOption _days = new("--days", $"How long they are good for [default {UsualDays}].", most: 36500);
    private readonly ExistingOptions _existing = new("Leave a CA that is there and good.");

    public InitCommand(CaDirectoryOption directory, CommandContext context)
        : base("init", "Makes a CA for servers, one for users, and their first revocation lists.")
    {
        Examples = [new("levity ca init --dir certs", "Two CAs, one for servers and one for users, and nothing else.")];
        Options.Add(_days);
        _existing.AddTo(this);
        SetAction(async (parsed, cancellationToken) => Outcomes.Print(
            context,
            await CertificateAuthority.InitAsync(
                parsed.GetRequiredValue(directory),
                parsed.GetValue(_days) ?? UsualDays,
                _existing.Read(parsed),
                context.Time,
                cancellationToken)));
    }
}
