namespace Levity.Processes;

/// <summary>
/// What has to be known of a containment to go on with it in another program that this process executes.
/// </summary>
public sealed record ContainmentState
{
    /// <summary>The task's first process, which may have ended.</summary>
    public required Member Leader { get; init; }

    public required ContainmentPlace Place { get; init; }

    /// <summary>The task is over or being ended, so that its first process's number may be another's by now.</summary>
    public required bool IsSettled { get; init; }

    /// <summary>Those that got SIGKILL already.</summary>
    public required IReadOnlyCollection<Member> Killed { get; init; }

    /// <summary>Where its limits are in force.</summary>
    public IReadOnlyCollection<LimitPlace> Limits { get; init; } = [];
}

/// <summary>Where the processes of a task are.</summary>
public enum ContainmentPlace
{
    /// <summary>In the supervisor's control group, where tasks begin; without control groups always.</summary>
    Nursery,

    /// <summary>On the way from there to the task's own.</summary>
    Both,

    /// <summary>In the task's own control group.</summary>
    Own,
}
