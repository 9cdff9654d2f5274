namespace Levity.Cli.Output;

/// <summary>Signal numbers as in signal(7), for x86-64 and arm64.</summary>
internal static class SignalNames
{
    private static readonly string[] Names =
    [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary><c>SIGTERM</c>; null for one without a name.</summary>
    public static string? Find(int signal) => signal > 0 && signal <= Names.Length ? $"SIG{Names[signal - 1]}" : null;

    /// <summary><c>SIGTERM (signal 15)</c>; <c>signal 40</c> for one without a name.</summary>
    public static string Describe(int signal) =>
        Find(signal) is { } name ? $"{name} (signal {signal})" : $"signal {signal}";
}
