using Levity.Daemon.Registry;

namespace Levity.Daemon.Tasks;

/// <summary>How a removal went.</summary>
/// <param name="Result">What came of it.</param>
/// <param name="State">The state that stands against it, when the task is not over.</param>
internal readonly record struct RemoveOutcome(RemoveResult Result, TaskState State = default)
{
    public static RemoveOutcome Removed => new(RemoveResult.Removed);

    /// <summary>Somebody else has removed it meanwhile.</summary>
    public static RemoveOutcome Gone => new(RemoveResult.Gone);

    public static RemoveOutcome NotOver(TaskState state) => new(RemoveResult.NotOver, state);
}

internal enum RemoveResult
{
    Removed,
    Gone,
    NotOver,
}
