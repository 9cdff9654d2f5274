using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tasks;

/// <summary>How a start went: an id, or what the supervisor could not do.</summary>
internal readonly record struct StartOutcome(TaskId Id, Failure? Failure)
{
    /// <summary>Nothing was started: the request's key belongs to the task, and that is another request's.</summary>
    public bool KeyIsTaken { get; init; }

    /// <summary>Nothing was started, nor put on record: its owner has as much as they may.</summary>
    public OverLimit? OverLimit { get; init; }

    /// <summary>
    /// Nothing was started, nor put on record: the account that its owner's tasks run as is not there.
    /// </summary>
    public string? AccountProblem { get; init; }

    /// <summary>
    /// Nothing was started, nor put on record: this task of the same owner has the name, and is not over.
    /// </summary>
    public TaskId? NameIsTakenBy { get; init; }

    /// <summary>It has never been anything, and its key is free.</summary>
    public bool IsNothing => OverLimit is not null || AccountProblem is not null || NameIsTakenBy is not null;
}
