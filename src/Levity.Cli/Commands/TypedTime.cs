using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary>
/// A time as it is typed: as RFC 3339 has it (<c>2026-11-25T17:45:00.5Z</c>), or how long ago it was (<c>5m</c>).
/// </summary>
internal static partial class TypedTime
{
    private const int NanosecondDigits = 9;

    /// <summary>The time that an option was given; null when it was not.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public static Timestamp? Read(ParseResult parsed, Option<string?> option, DateTimeOffset now) =>
        parsed.GetValue(option) is not { } text ? null
        : TryParse(text, now, out var time) ? time
        : throw new CommandException(
            $"{option.Name} wants a time, such as 2026-11-25T17:45:00Z, or 5m for that long ago, and '{text}' is none");

    public static bool TryParse(string text, DateTimeOffset now, out Timestamp time)
    {
        if (GoDuration.TryParse(text, out var ago))
        {
            time = (now - ago).ToTimestamp();
            return true;
        }

        time = new Timestamp();
        var match = Form().Match(text);
        if (!DateTimeOffset.TryParseExact(
            match.Groups["seconds"].Value + match.Groups["zone"].Value,
            "yyyy-MM-dd'T'HH:mm:ssK",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var seconds))
        {
            return false;
        }

        // All nine digits: a stamp that `logs --timestamps` has printed is good for an exact limit.
        time = seconds.ToTimestamp();
        time.Nanos = int.Parse(
            match.Groups["fraction"].Value.PadRight(NanosecondDigits, '0'), NumberStyles.None, CultureInfo.InvariantCulture);
        return true;
    }

    [GeneratedRegex(
        @"\A(?<seconds>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.(?<fraction>[0-9]{1,9}))?"
        + @"(?<zone>Z|[+-][0-9]{2}:[0-9]{2})\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
