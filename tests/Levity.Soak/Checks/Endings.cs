using Levity.Protocol;
using Levity.Soak.Load;

namespace Levity.Soak.Checks;

/// <summary>Whether an end is the one that the errand must have had: I3.</summary>
internal static class Endings
{
    private const int Sigkill = 9;
    private const int Sigterm = 15;

    /// <summary>Ended by what happened to Levity and not by what the errand does: it may have done any part of that.</summary>
    public static bool IsCutShort(QueryTaskResponse end) =>
        end.StatusCode == TaskStatusCode.Lost || end.Ending.StopRequestedBy == "levity-supervisor stop";

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public static string? Fault(Entry entry, QueryTaskResponse end, bool mayBeCutShort)
    {
        var errand = entry.Errand;
        if (IsCutShort(end) && !mayBeCutShort)
        {
            return "cut short, although nothing has happened to the supervisor";
        }

        return end.StatusCode switch
        {
            TaskStatusCode.Lost when end.HasExitCode || end.Ending.HasSignal => "lost, and yet with an exit status",
            TaskStatusCode.Lost => end.Ending.Reason is { Length: > 0 } ? null : "lost without a reason",
            _ when errand.ExpectedErrno is { } errno => $"it cannot be executed: {errno}",
            _ when entry.IsStopped => IsStop(end) ? null : "alice has stopped it",
            TaskStatusCode.Finished => IsTrue(errand, end) ? null : $"it {What(errand)}",
            TaskStatusCode.BrutallyKilled when IsCutShort(end) => null,
            _ => "it ended by itself",
        };
    }

    private static bool IsTrue(Errand errand, QueryTaskResponse end) => IsCutShort(end)
        || (errand.Kind == ErrandKind.KillSelf
            ? !end.HasExitCode && end.Ending is { HasSignal: true, Signal: Sigkill }
            : end.HasExitCode && end.ExitCode == errand.Code && !end.Ending.HasSignal);

    private static bool IsStop(QueryTaskResponse end) => end.Ending.StopRequestedBy == "alice" && !end.HasExitCode
        && (end.StatusCode == TaskStatusCode.BrutallyKilled || end is { StatusCode: TaskStatusCode.Finished, Ending.Signal: Sigterm });

    private static string What(Errand errand) =>
        errand.Kind == ErrandKind.KillSelf ? "killed itself" : $"exited with {errand.Code}";
}
