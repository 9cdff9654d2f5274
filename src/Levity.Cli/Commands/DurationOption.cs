using System.CommandLine;
using System.CommandLine.Parsing;
using Google.Protobuf.WellKnownTypes;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary>How long something is to take: above zero, unless it may be zero, and at most a year.</summary>
internal sealed class DurationOption : Option<TimeSpan?>
{
    private readonly bool _mayBeZero;

    public DurationOption(string name, string description, bool mayBeZero = false)
        : base(name)
    {
        _mayBeZero = mayBeZero;
        HelpName = "DURATION";
        Description = description;
        CustomParser = Parse;
    }

    /// <summary>Null when it is not given.</summary>
    public Duration? Read(ParseResult parsed) => parsed.GetValue(this)?.ToDuration();

    private TimeSpan? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (GoDuration.TryParse(text, out var duration) && (_mayBeZero || duration > TimeSpan.Zero))
        {
            return duration;
        }

        result.AddError(
            $"{Name} wants a duration {(_mayBeZero ? "" : "above zero and ")}of at most a year, such as 90s or 1h30m, and "
            + $"'{text}' is none");
        return null;
    }
}
