namespace Levity.Linux;

/// <summary>Signal numbers as in <c>asm-generic/signal.h</c> (x86-64, arm64), with their names: signal(7).</summary>
public static class Signals
{
    public const int SIGHUP = 1;
    public const int SIGINT = 2;
    public const int SIGQUIT = 3;
    public const int SIGILL = 4;
    public const int SIGTRAP = 5;
    public const int SIGABRT = 6;
    public const int SIGBUS = 7;
    public const int SIGFPE = 8;
    public const int SIGKILL = 9;
    public const int SIGUSR1 = 10;
    public const int SIGSEGV = 11;
    public const int SIGUSR2 = 12;
    public const int SIGPIPE = 13;
    public const int SIGALRM = 14;
    public const int SIGTERM = 15;
    public const int SIGSTKFLT = 16;
    public const int SIGCHLD = 17;
    public const int SIGCONT = 18;
    public const int SIGSTOP = 19;
    public const int SIGTSTP = 20;
    public const int SIGTTIN = 21;
    public const int SIGTTOU = 22;
    public const int SIGURG = 23;
    public const int SIGXCPU = 24;
    public const int SIGXFSZ = 25;
    public const int SIGVTALRM = 26;
    public const int SIGPROF = 27;
    public const int SIGWINCH = 28;
    public const int SIGIO = 29;
    public const int SIGPWR = 30;
    public const int SIGSYS = 31;

    private static readonly string[] Names =
    [
        "0", nameof(SIGHUP), nameof(SIGINT), nameof(SIGQUIT), nameof(SIGILL), nameof(SIGTRAP), nameof(SIGABRT),
        nameof(SIGBUS), nameof(SIGFPE), nameof(SIGKILL), nameof(SIGUSR1), nameof(SIGSEGV), nameof(SIGUSR2),
        nameof(SIGPIPE), nameof(SIGALRM), nameof(SIGTERM), nameof(SIGSTKFLT), nameof(SIGCHLD), nameof(SIGCONT),
        nameof(SIGSTOP), nameof(SIGTSTP), nameof(SIGTTIN), nameof(SIGTTOU), nameof(SIGURG), nameof(SIGXCPU),
        nameof(SIGXFSZ), nameof(SIGVTALRM), nameof(SIGPROF), nameof(SIGWINCH), nameof(SIGIO), nameof(SIGPWR),
        nameof(SIGSYS),
    ];

    /// <summary>The name from the manual, such as <c>SIGTERM</c>; <c>signal 40</c> for one that has none.</summary>
    public static string Name(int signo) => signo > 0 && signo < Names.Length ? Names[signo] : $"signal {signo}";
}
