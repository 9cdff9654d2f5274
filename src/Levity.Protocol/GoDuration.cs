using System.Globalization;
using System.Text.RegularExpressions;

namespace Levity.Protocol;

/// <summary>
/// Durations as Go writes them: <c>5s</c>, <c>1m30s</c>, <c>1.5h</c>, <c>500ms</c>. A bare number has no unit and is
/// refused, but for 0.
/// </summary>
public static partial class GoDuration
{
    /// <summary>Reads a duration that is not negative and at most a year; false for everything else.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }

        var match = Form().Match(text);
        if (!match.Success)
        {
            return false;
        }

        var total = 0.0;
        for (var i = 0; i < match.Groups["number"].Captures.Count; i++)
        {
            var number = double.Parse(match.Groups["number"].Captures[i].Value, CultureInfo.InvariantCulture);
            total += number * SecondsIn(match.Groups["unit"].Captures[i].Value);
        }

        const double year = 366 * 24 * 3600.0;
        duration = total <= year ? TimeSpan.FromTicks((long)Math.Round(total * TimeSpan.TicksPerSecond)) : TimeSpan.Zero;
        return total <= year;
    }

    /// <summary>A duration as Go would write it, to the thousandth: of a second from one second on, else of a ms.</summary>
    public static string Format(TimeSpan duration)
    {
        var sign = duration < TimeSpan.Zero ? "-" : string.Empty;
        var ms = decimal.Abs(duration.Ticks) / TimeSpan.TicksPerMillisecond;
        if (Math.Round(ms, 3) < 1000)
        {
            return ms == 0 ? "0s" : FormattableString.Invariant($"{sign}{ms:0.###}ms");
        }

        var rounded = TimeSpan.FromMilliseconds((long)Math.Round(ms));
        var hours = (long)rounded.TotalHours;
        var seconds = rounded.Seconds + (rounded.Milliseconds / 1000m);
        var minutes = hours > 0 ? $"{sign}{hours}h{rounded.Minutes}m"
            : rounded.Minutes > 0 ? $"{sign}{rounded.Minutes}m"
            : sign;
        return FormattableString.Invariant($"{minutes}{seconds:0.###}s");
    }

    [GeneratedRegex(@"\A((?<number>[0-9]+(\.[0-9]+)?)(?<unit>ns|us|µs|ms|s|m|h))+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();

    private static double SecondsIn(string unit) => unit switch
    {
        "h" => 3600,
        "m" => 60,
        "s" => 1,
        "ms" => 1e-3,
        "us" or "µs" => 1e-6,
        _ => 1e-9,
    };
}
