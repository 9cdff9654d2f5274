using System.Collections.Frozen;
using Levity.Daemon.Registry;

namespace Levity.Daemon.Tasks;

/// <summary>
/// The one table of the moves that a task may make. An exit may overtake the answer to the start, so a task can go
/// from NotStarted to an end in one step. A final state has no way out.
/// </summary>
internal static class TaskTransitions
{
    private static readonly FrozenDictionary<TaskState, FrozenSet<TaskState>> Table =
        new Dictionary<TaskState, FrozenSet<TaskState>>
        {
            [TaskState.NotStarted] =
            [
                TaskState.Running, TaskState.Signalled, TaskState.Finished, TaskState.BrutallyKilled, TaskState.Lost,
                TaskState.InternalServerError,
            ],
            [TaskState.Running] =
            [
                TaskState.Signalled, TaskState.Finished, TaskState.BrutallyKilled, TaskState.Lost,
                TaskState.InternalServerError,
            ],
            [TaskState.Signalled] =
            [
                TaskState.Finished, TaskState.BrutallyKilled, TaskState.Lost, TaskState.InternalServerError,
            ],
            [TaskState.Finished] = [],
            [TaskState.BrutallyKilled] = [],
            [TaskState.Lost] = [],
            [TaskState.InternalServerError] = [],
        }.ToFrozenDictionary();

    public static bool IsAllowed(TaskState from, TaskState to) => Table[from].Contains(to);

    public static bool IsFinal(TaskState state) => Table[state].Count == 0;
}
