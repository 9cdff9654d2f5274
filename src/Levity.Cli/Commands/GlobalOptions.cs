using System.CommandLine;
using Levity.Client;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary>The options that every command has: how to reach the server. A flag beats its variable.</summary>
internal sealed class GlobalOptions
{
    private const string DefaultAddress = "127.0.0.1:4321";
    private const string DefaultTimeout = "10s";

    // What the timers of the platform can count, rounded down.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(49);

    private readonly Option<string?> _address = Create(
        "--address", "-a", "HOST:PORT", $"The server [LEVITY_ADDRESS; default {DefaultAddress}].");

    private readonly Option<string?> _certificate = Create(
        "--certificate", "-c", "FILE", "Your certificate, PEM [LEVITY_CERTIFICATE].");

    private readonly Option<string?> _key = Create(
        "--key", "-k", "FILE", "Its private key, PEM [LEVITY_KEY].");

    private readonly Option<string?> _ca = Create(
        "--ca", null, "FILE", "The CAs to trust, PEM [LEVITY_CA; default the system's].");

    private readonly Option<string?> _timeout = Create(
        "--timeout",
        "-t",
        "DURATION",
        $"To connect and get an answer, as 1m30s [LEVITY_TIMEOUT; default {DefaultTimeout}].");

    private readonly Option<bool> _useObsoleteTls = new("--use-obsolete-tls")
    {
        Arity = ArgumentArity.Zero,
        Hidden = true,
        Recursive = true,
    };

    private Option[] All => [_address, _certificate, _key, _ca, _timeout, _useObsoleteTls];

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
        verb.Validators.Add(result =>
        {
            foreach (var option in All.Where(option => result.GetResult(option) is { Implicit: false }))
            {
                result.AddError($"{option.Name} is for commands that call a server, and this one does not");
            }
        });
    }

    /// <summary>The client that they describe, which connects when it is first used.</summary>
    /// <exception cref="CommandException">One is missing or cannot be used.</exception>
    /// <exception cref="LevityException">The address cannot be used.</exception>
    public LevityClient Connect(ParseResult parsed, CommandContext context)
    {
        var options = Read(parsed, context.Variable);
        if (options.CaFile is not null)
        {
            SystemTrust.Ignore();
        }

        return new LevityClient(options, context.Time);
    }

    private ConnectionOptions Read(ParseResult parsed, Func<string, string?> variable) => new()
    {
        Address = ServerAddress.Parse(
            Find(parsed, variable, _address, "LEVITY_ADDRESS") ?? new Setting(DefaultAddress, null)),
        CertificateFile = Require(parsed, variable, _certificate, "LEVITY_CERTIFICATE", "no client certificate"),
        KeyFile = Require(parsed, variable, _key, "LEVITY_KEY", "no key for the client certificate"),
        CaFile = Find(parsed, variable, _ca, "LEVITY_CA"),
        Timeout = Find(parsed, variable, _timeout, "LEVITY_TIMEOUT") is { } timeout
            ? ParseTimeout(timeout)
            : TimeSpan.FromSeconds(10),
        TimeoutName = _timeout.Name,
        CaFileName = $"{_ca.Name} FILE or LEVITY_CA",
        UseObsoleteTls = parsed.GetValue(_useObsoleteTls),
    };

    private static Option<string?> Create(string name, string? alias, string helpName, string description) =>
        new(name, alias is null ? [] : [alias]) { HelpName = helpName, Description = description, Recursive = true };

    private static Setting? Find(
        ParseResult parsed, Func<string, string?> variable, Option<string?> option, string name)
    {
        if (parsed.GetValue(option) is { } given)
        {
            return new Setting(given, option.Name);
        }

        // Set to nothing is not set: it is how a shell takes a variable back for one command.
        return variable(name) is { Length: > 0 } value ? new Setting(value, name) : null;
    }

    private static Setting Require(
        ParseResult parsed, Func<string, string?> variable, Option<string?> option, string name, string missing) =>
        Find(parsed, variable, option, name)
        ?? throw new CommandException($"{missing}: give {option.Name} FILE or set {name}");

    private static TimeSpan ParseTimeout(Setting setting)
    {
        if (!GoDuration.TryParse(setting.Value, out var timeout) || timeout <= TimeSpan.Zero)
        {
            throw new CommandException(
                $"the timeout {setting} is not a duration above zero: write it like 500ms, 5s or 1m30s");
        }

        return timeout < LongestTimeout ? timeout : LongestTimeout;
    }
}
