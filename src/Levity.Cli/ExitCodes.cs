using Levity.Client;
using Levity.Protocol;

namespace Levity.Cli;

/// <summary>
/// What levity's exit status means; the one table. 124 and the task's own codes are for commands that wait for a task.
/// Ctrl-C is left to the kernel, so that the shell sees a death by SIGINT (130).
/// </summary>
internal static class ExitCodes
{
    public const int Success = 0;

    // What shells add to a signal's number.
    private const int SignalBase = 128;

    /// <summary>The task was stopped because its time was over, whatever it made of that: as timeout(1) has it.</summary>
    public const int TimedOut = 124;

    /// <summary>Levity's own failure: usage, files, connection, TLS, denied, not found, server.</summary>
    public const int Failure = 125;

    /// <summary>The command is there, but cannot be executed.</summary>
    public const int CannotExecute = 126;

    /// <summary>There is no such command.</summary>
    public const int CommandNotFound = 127;

    /// <summary>Ctrl-C had us go without the task: what a shell shows for a death by SIGINT.</summary>
    public const int Interrupted = SignalBase + 2;

    /// <summary>Nobody reads our standard output any more: what a shell shows for a death by SIGPIPE.</summary>
    public const int BrokenPipe = 141;

    /// <summary>All of them, as the manual has them.</summary>
    public static IReadOnlyList<(string Code, string Meaning)> Table =>
    [
        ($"{Success}", "It was done."),
        ("0 to 255", "`levity run` and `levity wait`: the task's own exit code."),
        ($"{SignalBase} + n", "`levity run` and `levity wait`: signal n ended the task."),
        ($"{TimedOut}", "The task was stopped because its --max-time was over, or `levity wait --for` is."),
        ($"{Failure}", "Levity's own failure: usage, files, connection, certificates, not allowed, not found, the server."),
        ($"{CannotExecute}", "The command of a new task is there, but cannot be executed."),
        ($"{CommandNotFound}", "There is no such command on the server."),
        ($"{Interrupted}", "Ctrl-C: a death by SIGINT, as shells show it."),
        ($"{BrokenPipe}", "Nobody reads standard output any more: what shells show for a death by SIGPIPE."),
    ];

    /// <summary>For a task that is over: its own, where it has one.</summary>
    public static int Of(QueryTaskResponse task) => task switch
    {
        { Ending.TimedOut: true } => TimedOut,
        { HasExitCode: true } => task.ExitCode,
        { Ending: { HasSignal: true } ending } => SignalBase + ending.Signal,
        _ => Failure,
    };

    /// <summary>For what failed between us and the server.</summary>
    public static int Of(LevityErrorKind kind) => kind switch
    {
        LevityErrorKind.CommandNotFound => CommandNotFound,
        LevityErrorKind.CannotExecute => CannotExecute,
        _ => Failure,
    };
}
