using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Net.Sockets;
using Levity.Daemon.Hosting.Configuration;
using Levity.Daemon.Security.Trust;
using Levity.Daemon.Tasks;
using Levity.Protocol;

namespace Levity.Daemon.Hosting;

/// <summary>levityd's command line.</summary>
internal static class DaemonCommand
{
    private const ulong DefaultLogQuota = 1024 * 1024 * 1024;

    // What a timer of the platform can count, in round numbers.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1000);

    private static readonly Argument<IPEndPoint> Address = new("ADDRESS")
    {
        Description = "IP address and port to listen on; port 0 takes a free one. [default: 127.0.0.1:4321]",
        DefaultValueFactory = _ => new IPEndPoint(IPAddress.Loopback, 4321),
        CustomParser = ParseAddress,
    };

    private static readonly Option<string> Certificate = new("--certificate", "-c")
    {
        Description = "The server's certificate (PEM, with any intermediates).",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<string> Key = new("--key", "-k")
    {
        Description = "Its private key (PEM; ECDSA P-256 or RSA).",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<string> ClientCa = new("--client-ca")
    {
        Description = "The CA certificates (PEM) that users' certificates must be signed by.",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<string> Crl = new("--crl")
    {
        Description = "Revocation lists (PEM or DER) of these CAs: whom they list is refused.",
        HelpName = "FILE",
    };

    private static readonly Option<Lapses> StopTasksOf = new("--stop-tasks-of")
    {
        Description = "Stops tasks when the certificate that they were started with is revoked, or has expired. [default: neither]",
        HelpName = "revoked|expired",
        Arity = ArgumentArity.ZeroOrMore,
        DefaultValueFactory = _ => Lapses.None,
        CustomParser = ParseLapses,
    };

    private static readonly Option<string> StateDir = new("--state-dir")
    {
        Description = "Where tasks, logs and the supervisor's socket are kept. "
            + "[default: /var/lib/levity for root, ~/.local/state/levity for others]",
        HelpName = "DIR",
        DefaultValueFactory = _ => DefaultStateDirectory(),
    };

    private static readonly Option<TimeSpan> Grace = new("--grace")
    {
        Description = "How long a task that was asked to stop has before it is killed. [default: 5s]",
        HelpName = "DURATION",
        DefaultValueFactory = _ => TimeSpan.FromSeconds(5),
        CustomParser = ParseDuration,
    };

    private static readonly Option<TimeSpan> ReaderTimeout = new("--reader-timeout")
    {
        Description = "How long one message of a log may wait for a client that does not read, or off. [default: 1m]",
        HelpName = "DURATION",
        DefaultValueFactory = _ => TimeSpan.FromMinutes(1),
        CustomParser = result => ParseWait(
            result, LongestWait, "how long a client may take: write it like 30s or 1m30s (1ms to 1000h)"),
    };

    private static readonly Option<ulong> LogQuota = new("--log-quota")
    {
        Description = "How much of its output is kept of each task, such as 512M or 2G; off for all. [default: 1G]",
        HelpName = "SIZE",
        DefaultValueFactory = _ => DefaultLogQuota,
        CustomParser = ParseLogQuota,
    };

    private static readonly Option<TimeSpan> InactivityTimeout = new("--inactivity-timeout")
    {
        Description = "Removes a task that its owner has not asked about for so long, or off. [default: 168h]",
        HelpName = "DURATION",
        DefaultValueFactory = _ => TimeSpan.FromHours(168),
        CustomParser = result => ParseWait(
            result, TimeSpan.MaxValue, "how long a task may be forgotten: write it like 168h or 90m (1ms or more)"),
    };

    private static readonly Option<string?> RunAs = new(RunAsRules.OptionName)
    {
        Description = "The account of this machine that tasks run as; only root can choose another than its own.",
        HelpName = "USER",
        CustomParser = ParseAccount,
    };

    private static readonly Option<string> Supervisor = new("--supervisor")
    {
        Description = "The levity-supervisor program, or off to start none and use one that runs. [default: the one beside levityd]",
        HelpName = "FILE",
        DefaultValueFactory = _ => Path.Combine(Path.GetDirectoryName(Environment.ProcessPath!)!, "levity-supervisor"),
    };

    /// <summary>On the commands below it too: levityd config check --config FILE.</summary>
    public static readonly Option<string> ConfigFile = new("--config")
    {
        Description = "A file (TOML) with any of these options, and more; what is on the command line goes first.",
        HelpName = "FILE",
        Recursive = true,
    };

    public static RootCommand Create(Func<DaemonOptions, CancellationToken, Task<int>> run)
    {
        var command = new RootCommand("levityd runs commands for those who hold a client certificate.")
        {
            Address, Certificate, Key, ClientCa, Crl, StopTasksOf, StateDir, Grace, ReaderTimeout, LogQuota,
            InactivityTimeout, RunAs, Supervisor, ConfigFile, ConfigCommand.Create(ConfigFile),
        };
        ConnectionOptions.AddTo(command);
        DaemonHelp.AddTo(command);
        command.SetAction((parsed, cancellationToken) => run(OptionsOf(parsed), cancellationToken));
        return command;
    }

    private static DaemonOptions OptionsOf(ParseResult parsed) => new()
    {
        Address = parsed.GetRequiredValue(Address),
        CertificateFile = parsed.GetRequiredValue(Certificate),
        KeyFile = parsed.GetRequiredValue(Key),
        ClientCaFile = parsed.GetRequiredValue(ClientCa),
        CrlFile = parsed.GetValue(Crl),
        StopTasksOf = parsed.GetValue(StopTasksOf),
        StateDirectory = parsed.GetRequiredValue(StateDir),
        Grace = parsed.GetRequiredValue(Grace),
        ReaderTimeout = parsed.GetRequiredValue(ReaderTimeout),
        LogQuota = parsed.GetRequiredValue(LogQuota),
        InactivityTimeout = parsed.GetRequiredValue(InactivityTimeout),
        Connections = ConnectionOptions.Of(parsed),
        RefusalRecords = ConnectionOptions.RefusalRecordsOf(parsed),
        Accounts = AccountTable.None with { Default = parsed.GetValue(RunAs) },
        SupervisorProgram = parsed.GetRequiredValue(Supervisor) is var file and not "off" ? file : null,
    };

    private static Lapses ParseLapses(ArgumentResult result)
    {
        var lapses = Lapses.None;
        foreach (var token in result.Tokens)
        {
            switch (token.Value)
            {
                case "revoked":
                    lapses |= Lapses.Revoked;
                    break;
                case "expired":
                    lapses |= Lapses.Expired;
                    break;
                default:
                    result.AddError($"'{token.Value}' is neither revoked nor expired");
                    break;
            }
        }

        return lapses;
    }

    private static string DefaultStateDirectory() => Environment.IsPrivilegedProcess
        ? "/var/lib/levity"
        : Path.Combine(
            Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } home
                ? home
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state"),
            "levity");

    private static IPEndPoint? ParseAddress(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var value = text.StartsWith("localhost:", StringComparison.Ordinal) ? $"127.0.0.1:{text["localhost:".Length..]}" : text;

        // A bare address would parse too, with port 0: the port has to be there, and behind brackets in IPv6.
        if (IPEndPoint.TryParse(value, out var address)
            && value.EndsWith($":{address.Port}", StringComparison.Ordinal)
            && (address.AddressFamily == AddressFamily.InterNetwork || value[0] == '['))
        {
            return address;
        }

        result.AddError($"'{text}' is not an address: give an IP address and a port, such as 127.0.0.1:4321 or [::1]:4321");
        return null;
    }

    // What is to be waited for, or off, which is without an end.
    private static TimeSpan ParseWait(ArgumentResult result, TimeSpan longest, string expected)
    {
        var text = result.Tokens[0].Value;
        if (text == "off")
        {
            return Timeout.InfiniteTimeSpan;
        }

        if (!GoDuration.TryParse(text, out var duration) || duration < ShortestWait || duration > longest)
        {
            result.AddError($"'{text}' is not {expected}, or off");
        }

        return duration;
    }

    private static TimeSpan ParseDuration(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (!GoDuration.TryParse(text, out var duration))
        {
            result.AddError($"'{text}' is not a duration: write it like 5s or 1m30s");
        }

        return duration;
    }

    private static string? ParseAccount(ArgumentResult result)
    {
        var account = result.Tokens[0].Value;
        if (RunAsRules.ProblemWithName(account) is { } problem)
        {
            result.AddError(problem);
        }

        return account;
    }

    private static ulong ParseLogQuota(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text == "off")
        {
            return 0;
        }

        if (!ByteSize.TryParse(text, out var quota) || quota < TaskOptions.SmallestLogQuota)
        {
            result.AddError($"'{text}' is no size of at least 1M for a task's log: write it like 512M or 2G, or off");
        }

        return quota;
    }
}
