using Levity.Protocol;

namespace Levity.Cli.Output;

/// <summary>How a task ended, in a line, for those that did not just exit.</summary>
internal static class EndingLine
{
    /// <returns>Null for a plain exit.</returns>
    public static string? Of(QueryTaskResponse task) => task switch
    {
        { Ending: null } => null,
        { StatusCode: TaskStatusCode.Lost or TaskStatusCode.InternalServerError, Ending: var ending } =>
            $"nobody knows how the task ended: {(ending.HasReason ? ending.Reason : StateNames.Of(task.StatusCode))}",
        { Ending.TimedOut: true } => $"the task was stopped because its time was over{AndHow(task)}",
        { StatusCode: TaskStatusCode.BrutallyKilled, Ending: var ending } =>
            $"the task was killed, as it had not stopped within its grace{AsAsked(ending)}",
        { Ending: { HasSignal: true } ending } =>
            $"the task was ended by {SignalNames.Describe(ending.Signal)}{AsAsked(ending)}{ForMemory(ending)}",
        _ => null,
    };

    private static string AndHow(QueryTaskResponse task) => task switch
    {
        { StatusCode: TaskStatusCode.BrutallyKilled } => ", and killed as it had not stopped within its grace",
        { HasExitCode: true } => $"; it exited with {task.ExitCode}",
        { Ending: { HasSignal: true } ending } => $"; it was ended by {SignalNames.Describe(ending.Signal)}",
        _ => "",
    };

    private static string AsAsked(Ending ending) =>
        ending.HasStopRequestedBy ? $"; {ending.StopRequestedBy} had asked it to stop" : "";

    private static string ForMemory(Ending ending) =>
        ending is { HasOutOfMemory: true, OutOfMemory: true } ? "; there was not enough memory for it" : "";
}
