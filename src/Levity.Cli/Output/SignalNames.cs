using System.Globalization;

namespace Levity.Cli.Output;

/// <summary>
/// Signal numbers as in signal(7), for x86-64 and arm64. The C library keeps the first two of the real-time signals, 32 and
/// 33, for itself.
/// </summary>
internal static class SignalNames
{
    public const int Last = 64;

    private const int FirstRealTime = 34;
    private const string Prefix = "SIG";

    private static readonly string[] Names =
    [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ];

    // Other names of the same, in signal(7) too.
    private static readonly (string Name, string Known)[] Synonyms = [("IOT", "ABRT"), ("CLD", "CHLD"), ("POLL", "IO")];

    /// <summary>Those that have a name of their own, without SIG.</summary>
    public static IEnumerable<string> Short => Names;

    /// <summary><c>SIGTERM</c>, <c>SIGRTMIN+6</c>; null for one without a name.</summary>
    public static string? Find(int signal) => signal switch
    {
        > 0 when signal <= Names.Length => $"{Prefix}{Names[signal - 1]}",
        FirstRealTime => $"{Prefix}RTMIN",
        > FirstRealTime and < Last => $"{Prefix}RTMIN+{signal - FirstRealTime}",
        Last => $"{Prefix}RTMAX",
        _ => null,
    };

    /// <summary><c>SIGTERM (signal 15)</c>; <c>signal 33</c> for one without a name.</summary>
    public static string Describe(int signal) =>
        Find(signal) is { } name ? $"{name} (signal {signal})" : $"signal {signal}";

    /// <summary>Reads a name, with SIG or without, in any case, or a number; false for what is neither.</summary>
    public static bool TryParse(string text, out int signal)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out signal))
        {
            return signal is >= 1 and <= Last;
        }

        var name = text.ToUpperInvariant();
        name = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
        var known = Array.Find(Synonyms, synonym => synonym.Name == name).Known ?? name;
        signal = Array.IndexOf(Names, known) + 1;
        return signal > 0
            || TryParseRealTime(name, "RTMIN", FirstRealTime, '+', sign: 1, out signal)
            || TryParseRealTime(name, "RTMAX", Last, '-', sign: -1, out signal);
    }

    // They are counted from either end: RTMIN+2, RTMAX-1.
    private static bool TryParseRealTime(string name, string end, int number, char separator, int sign, out int signal)
    {
        signal = number;
        if (name == end)
        {
            return true;
        }

        if (!name.StartsWith(end + separator, StringComparison.Ordinal)
            || !int.TryParse(name[(end.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var distance)
            || distance > Last - FirstRealTime)
        {
            return false;
        }

        signal = number + (sign * distance);
        return true;
    }
}
