using System.CommandLine;
using Levity.Cli.Authority;
using Levity.Client;

namespace Levity.Cli.Commands.Ca;

/// <summary><c>levity ca issue-user</c>: a certificate for a user, with a key unless the user has one.</summary>
internal sealed class IssueUserCommand : Verb
{
    private readonly UserNameArgument _name = new("Who it is for: the name that owns the tasks.");

    private readonly Option<string?> _request = new("--csr")
    {
        HelpName = "FILE",
        Description = "The user's own request (`levity ca request`): the key stays where it is.",
    };

    private readonly DaysOption _days = new("--days", "How long it is good for [default 365].", Purpose.User.LongestDays);
    private readonly ExistingOptions _existing = ExistingOptions.ForCertificates();

    public IssueUserCommand(CaDirectoryOption directory, CommandContext context)
        : base("issue-user", "Makes a user's certificate, and the key if it is not brought along.")
    {
        Examples =
        [
            new("levity ca issue-user alice", "alice.crt and alice.key."),
            new("levity ca issue-user bob --csr bob.csr", "bob.crt, for the key that bob has made."),
        ];
        Arguments.Add(_name);
        Options.Add(_request);
        Options.Add(_days);
        _existing.AddTo(this);
        SetAction((parsed, cancellationToken) => RunAsync(parsed, directory, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, CaDirectoryOption directory, CommandContext context, CancellationToken cancellationToken)
    {
        var name = parsed.GetRequiredValue(_name);
        var key = parsed.GetValue(_request) is { } file
            ? SigningRequest.Read(new Setting(file, _request.Name), name)
            : null;
        var request = new IssueRequest(
            Purpose.User, name, key, Names: null, parsed.GetValue(_days), _existing.Read(parsed));
        using var ca = await CertificateAuthority.OpenAsync(
            parsed.GetRequiredValue(directory), context.Time, cancellationToken);
        return Outcomes.Print(context, new Issuer(ca).Issue(request));
    }
}
