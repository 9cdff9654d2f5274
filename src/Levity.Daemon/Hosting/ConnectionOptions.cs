using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Levity.Daemon.Audit;
using Levity.Daemon.Security.Admission;
using Levity.Protocol;

namespace Levity.Daemon.Hosting;

/// <summary>The part of levityd's command line that is about connections: how many, and how long one may stay unknown.</summary>
internal static class ConnectionOptions
{
    private const int Most = 1_000_000;

    // A handshake takes three ways through the network, and those may be long.
    private static readonly TimeSpan ShortestHandshake = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestHandshake = TimeSpan.FromMinutes(5);

    private static readonly Option<int> Connections = Limit(
        "--connections",
        "How many connections there may be of all users together.",
        ConnectionLimits.Default.Connections);

    private static readonly Option<int> PerAddress = Limit(
        "--connections-per-address",
        "How many from one address (a /64 of IPv6), or off.",
        ConnectionLimits.Default.PerAddress,
        without: "off");

    private static readonly Option<int> Handshakes = Limit(
        "--handshakes",
        "How many there may be besides that have shown no certificate yet.",
        ConnectionLimits.Default.Handshakes);

    private static readonly Option<int> HandshakesPerAddress = Limit(
        "--handshakes-per-address",
        "How many of those from one address, or off.",
        ConnectionLimits.Default.HandshakesPerAddress,
        without: "off");

    private static readonly Option<TimeSpan> HandshakeTimeout = new("--handshake-timeout")
    {
        Description = "How long a client may take to show its certificate. [default: 10s]",
        HelpName = "DURATION",
        DefaultValueFactory = _ => ConnectionLimits.Default.HandshakeTimeout,
        CustomParser = ParseTimeout,
    };

    private static readonly Option<int> RefusalRecords = Limit(
        "--refusal-records",
        "How many refused ones of an address have an audit record each within a minute, or all; others are summed up.",
        Refusals.MostOfAddress,
        without: "all");

    public static void AddTo(RootCommand command)
    {
        foreach (Option option in new Option[]
            { Connections, PerAddress, Handshakes, HandshakesPerAddress, HandshakeTimeout, RefusalRecords })
        {
            command.Options.Add(option);
        }
    }

    public static ConnectionLimits Of(ParseResult parsed) => new()
    {
        Connections = parsed.GetRequiredValue(Connections),
        PerAddress = OrAny(parsed.GetRequiredValue(PerAddress)),
        Handshakes = parsed.GetRequiredValue(Handshakes),
        HandshakesPerAddress = OrAny(parsed.GetRequiredValue(HandshakesPerAddress)),
        HandshakeTimeout = parsed.GetRequiredValue(HandshakeTimeout),
    };

    public static int? RefusalRecordsOf(ParseResult parsed) => OrAny(parsed.GetRequiredValue(RefusalRecords));

    private static int? OrAny(int limit) => limit == 0 ? null : limit;

    // 0 is any number, for which there is a word.
    private static Option<int> Limit(string name, string description, int? otherwise, string? without = null) => new(name)
    {
        Description = $"{description} [default: {otherwise?.ToString(CultureInfo.InvariantCulture) ?? without}]",
        HelpName = "N",
        DefaultValueFactory = _ => otherwise ?? 0,
        CustomParser = result => ParseLimit(result, name, without),
    };

    private static int ParseLimit(ArgumentResult result, string name, string? without)
    {
        var text = result.Tokens[0].Value;
        if (text == without)
        {
            return 0;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit is < 1 or > Most)
        {
            var word = without is null ? "" : $", or {without}";
            result.AddError($"'{text}' is no limit for {name}: write a number from 1 to {Most}{word}");
        }

        return limit;
    }

    private static TimeSpan ParseTimeout(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (!GoDuration.TryParse(text, out var duration) || duration < ShortestHandshake || duration > LongestHandshake)
        {
            result.AddError($"'{text}' is not how long a handshake may take: write it like 10s (1s to 5m)");
        }

        return duration;
    }
}
