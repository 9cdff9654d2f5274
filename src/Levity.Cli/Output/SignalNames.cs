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

    /// <summary><c>SIGTERM (signal 15)</c>; <c>signal 40</c> for one without a name.</summary>
    public static string Describe(int signal) =>
        signal > 0 && signal <= Names.Length ? $"SIG{Names[signal - 1]} (signal {signal})" : $"signal {signal}";
}
