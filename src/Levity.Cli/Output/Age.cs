using System.Globalization;

namespace Levity.Cli.Output;

/// <summary>A length of time for a glance: the two units that matter, such as <c>45s</c>, <c>3m10s</c>, <c>5h</c>, <c>12d</c>.</summary>
internal static class Age
{
    public static string Of(TimeSpan time)
    {
        // A clock of another machine may be ahead.
        var seconds = Math.Max(0, (long)time.TotalSeconds);
        var (days, hours, minutes) = (seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60);
        return seconds < 60 ? Text($"{seconds}s")
            : seconds < 600 ? Text($"{minutes}m{seconds % 60}s")
            : seconds < 3600 ? Text($"{minutes}m")
            : days == 0 ? Text($"{hours}h{minutes}m")
            : days < 10 ? Text($"{days}d{hours}h")
            : Text($"{days}d");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
