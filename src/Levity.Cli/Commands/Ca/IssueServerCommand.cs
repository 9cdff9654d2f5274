using System.CommandLine;
using Levity.Cli.Authority;
using Levity.Protocol;

namespace Levity.Cli.Commands.Ca;

/// <summary><c>levity ca issue-server</c>: a key and a certificate for levityd.</summary>
internal sealed class IssueServerCommand : Verb
{
    private readonly Argument<UserName> _name = new("NAME")
    {
        Description = "Names the files [default server].",
        CustomParser = UserNameArgument.Parse,
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => UserName.TryParse(Purpose.Server.Name, out var name) ? name : default,
    };

    private readonly Option<string[]> _hosts = new("--host")
    {
        HelpName = "HOST",
        Description = "A DNS name or IP address that it is reached by [default this machine].",
    };

    private readonly DaysOption _days =
        new("--days", "How long it is good for [default 365].", Purpose.Server.LongestDays);

    private readonly ExistingOptions _existing = ExistingOptions.ForCertificates();

    public IssueServerCommand(CaDirectoryOption directory, CommandContext context)
        : base("issue-server", "Makes a server's key and certificate.")
    {
        Examples =
        [
            new("levity ca issue-server --host build.example --host 192.0.2.7", "server.crt and server.key, for levityd."),
        ];
        Arguments.Add(_name);
        Options.Add(_hosts);
        Options.Add(_days);
        _existing.AddTo(this);
        _hosts.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !ServerHosts.IsHost(token.Value)))
            {
                result.AddError($"--host wants a DNS name or an IP address, and '{token.Value}' is neither");
            }
        });
        SetAction((parsed, cancellationToken) => RunAsync(parsed, directory, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, CaDirectoryOption directory, CommandContext context, CancellationToken cancellationToken)
    {
        var hosts = parsed.GetValue(_hosts) is { Length: > 0 } given ? given : ServerHosts.ThisMachine;
        var request = new IssueRequest(
            Purpose.Server,
            parsed.GetValue(_name),
            Key: null,
            ServerHosts.Extension(hosts),
            parsed.GetValue(_days),
            _existing.Read(parsed));
        using var ca = await CertificateAuthority.OpenAsync(
            parsed.GetRequiredValue(directory), context.Time, cancellationToken);
        return Outcomes.Print(context, new Issuer(ca).Issue(request));
    }
}
