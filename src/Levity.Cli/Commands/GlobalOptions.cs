using System.CommandLine;
using Levity.Cli.Configuration;
using Levity.Client;

namespace Levity.Cli.Commands;

/// <summary>The options that every command has: how to reach the server. A flag beats its variable, and that the files.</summary>
internal sealed class GlobalOptions
{
    private const string DefaultAddress = "127.0.0.1:4321";
    private const string DefaultTimeout = "10s";

    private readonly ServerOption _address = new(
        $"--{ConnectionKeys.Address}", "-a", "HOST:PORT", $"The server [LEVITY_ADDRESS; default {DefaultAddress}].");

    private readonly ServerOption _certificate = new(
        $"--{ConnectionKeys.Certificate}", "-c", "FILE", "Your certificate, PEM [LEVITY_CERTIFICATE].");

    private readonly ServerOption _key = new(
        $"--{ConnectionKeys.Key}", "-k", "FILE", "Its private key, PEM [LEVITY_KEY].");

    private readonly ServerOption _ca = new(
        $"--{ConnectionKeys.Ca}", null, "FILE", "The CAs to trust, PEM [LEVITY_CA; default the system's].");

    private readonly ServerOption _timeout = new(
        $"--{ConnectionKeys.Timeout}",
        "-t",
        "DURATION",
        $"To connect and get an answer, as 1m30s [LEVITY_TIMEOUT; default {DefaultTimeout}].");

    private readonly ServerOption _context = new(
        "--context", null, "CONTEXT", "Which of your contexts to use [LEVITY_CONTEXT; default the current one].");

    private readonly Option<bool> _useObsoleteTls = new("--use-obsolete-tls")
    {
        Arity = ArgumentArity.Zero,
        Hidden = true,
        Recursive = true,
    };

    private ServerOption[] Server => [_address, _certificate, _key, _ca, _timeout];

    private Option[] All => [.. Server, _context, _useObsoleteTls];

    /// <summary>The variables that stand for an option, for the manual.</summary>
    public static IEnumerable<(string Variable, string Option)> Variables
    {
        get
        {
            var options = new GlobalOptions();
            return options.Server.Append(options._context).Select(option => (option.Variable, option.Name));
        }
    }

    public void AddTo(Command root)
    {
        foreach (var option in All)
        {
            root.Options.Add(option);
        }
    }

    /// <summary>For a command that calls no server: what would be without effect is refused.</summary>
    public void KeepOutOf(Verb verb)
    {
        verb.CallsServer = false;
        verb.TakesServerOptions = false;
        verb.Validators.Add(result =>
        {
            foreach (var option in All.Where(option => result.GetResult(option) is { Implicit: false }))
            {
                result.AddError($"{option.Name} is for commands that call a server, and this one does not");
            }
        });
    }

    /// <summary>For a command that takes note of them: without any of them there is nothing to do.</summary>
    public void RequireAnyOn(Verb verb) => verb.Validators.Add(result =>
    {
        if (!Server.Any(option => result.GetResult(option) is { Implicit: false }))
        {
            result.AddError($"nothing is set: give some of {string.Join(", ", Server.Select(option => option.Name))}");
        }
        else if (result.GetResult(_context) is { Implicit: false })
        {
            result.AddError($"{_context.Name} is of no use here: the context to change is an operand");
        }
    });

    /// <summary>Whether they say who we are, without which there is no server to ask.</summary>
    public bool SayWhoWeAre(ParseResult parsed, CommandContext context)
    {
        var origins = new Origins(parsed, context, _context);
        return origins.Find(_certificate) is not null && origins.Find(_key) is not null;
    }

    /// <summary>The client that they describe, which connects when it is first used.</summary>
    /// <exception cref="CommandException">One is missing or cannot be used.</exception>
    /// <exception cref="LevityException">The address cannot be used.</exception>
    public LevityClient Connect(ParseResult parsed, CommandContext context)
    {
        var options = Read(parsed, new Origins(parsed, context, _context));
        if (options.CaFile is not null)
        {
            SystemTrust.Ignore();
        }

        return new LevityClient(options, context.Time);
    }

    /// <summary>What each of them is, and what says so; and the name of the context.</summary>
    public IEnumerable<EffectiveSetting> Show(ParseResult parsed, CommandContext context)
    {
        var origins = new Origins(parsed, context, _context);
        yield return EffectiveSetting.Of("context", origins.Context, otherwise: null);
        foreach (var option in Server)
        {
            var otherwise = option == _address ? DefaultAddress
                : option == _timeout ? DefaultTimeout
                : option == _ca ? "the system's"
                : null;
            yield return EffectiveSetting.Of(option.Key, origins.Find(option), otherwise);
        }
    }

    /// <summary>What of them is on the command line itself.</summary>
    public IEnumerable<(string Key, string Value)> GivenOn(ParseResult parsed) =>
        Server.Where(option => parsed.GetValue(option) is not null).Select(option => (option.Key, parsed.GetValue(option)!));

    private ConnectionOptions Read(ParseResult parsed, Origins origins) => new()
    {
        Address = ServerAddress.Parse(origins.Find(_address) ?? new Setting(DefaultAddress)),
        CertificateFile = Require(origins, _certificate, "no client certificate"),
        KeyFile = Require(origins, _key, "no key for the client certificate"),
        CaFile = origins.Find(_ca),
        Timeout = TimeoutValue.Parse(origins.Find(_timeout) ?? new Setting(DefaultTimeout)),
        TimeoutName = _timeout.Name,
        CaFileName = $"{_ca.Name} FILE or {_ca.Variable}",
        UseObsoleteTls = parsed.GetValue(_useObsoleteTls),
    };

    private static Setting Require(Origins origins, ServerOption option, string missing) =>
        origins.Find(option) ?? throw new CommandException(
            $"{missing}: give {option.Name} FILE, set {option.Variable}, or have it in a context (levity config set-context)");

    /// <summary>The places that can say how to reach a server, the first of which counts that does.</summary>
    private sealed class Origins(ParseResult parsed, CommandContext context, ServerOption chosen)
    {
        private readonly ClientConfiguration _files =
            ClientConfiguration.Read(context, chosen.Find(parsed, context.Variable));

        public Setting? Context => _files.Context;

        public Setting? Find(ServerOption option) => option.Find(parsed, context.Variable) ?? _files.Find(option.Key);
    }
}
