using Levity.Client;

namespace Levity.Cli;

/// <summary>
/// What levity's exit status means; the one table. 124 and the task's own codes are for commands that wait for a task.
/// Ctrl-C is left to the kernel, so that the shell sees a death by SIGINT (130).
/// </summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>Levity's own failure: usage, files, connection, TLS, denied, not found, server.</summary>
    public const int Failure = 125;

    /// <summary>The command is there, but cannot be executed.</summary>
    public const int CannotExecute = 126;

    /// <summary>There is no such command.</summary>
    public const int CommandNotFound = 127;

    /// <summary>Nobody reads our standard output any more: what a shell shows for a death by SIGPIPE.</summary>
    public const int BrokenPipe = 141;

    /// <summary>All of them, as the manual has them.</summary>
    public static IReadOnlyList<(string Code, string Meaning)> Table =>
    [
        ($"{Success}", "It was done."),
        ($"{Failure}", "Levity's own failure: usage, files, connection, certificates, not allowed, not found, the server."),
        ($"{CannotExecute}", "The command of a new task is there, but cannot be executed."),
        ($"{CommandNotFound}", "There is no such command on the server."),
        ("130", "Ctrl-C: a death by SIGINT, as shells show it."),
        ($"{BrokenPipe}", "Nobody reads standard output any more: what shells show for a death by SIGPIPE."),
    ];

    /// <summary>For what failed between us and the server.</summary>
    public static int Of(LevityErrorKind kind) => kind switch
    {
        LevityErrorKind.CommandNotFound => CommandNotFound,
        LevityErrorKind.CannotExecute => CannotExecute,
        _ => Failure,
    };
}
