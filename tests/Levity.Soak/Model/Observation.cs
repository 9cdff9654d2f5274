using Levity.Protocol;

namespace Levity.Soak.Model;

/// <summary>The stations of a task. It only ever goes on.</summary>
internal enum Station
{
    NotStarted,
    Running,
    Signalled,
    Over,
    Removed,
}

/// <summary>
/// One call about one task, with what it tells of the moment at which it took effect, which was somewhere between its
/// invocation and its completion.
/// </summary>
/// <param name="Invoked">By the history's own clock, as Completed: 1, 2, 3 …</param>
/// <param name="AtMost">The furthest station that the task can have been at before it.</param>
/// <param name="AtLeast">The nearest one that it can be at after it.</param>
internal sealed record Observation(
    Operation Operation, long Invoked, long Completed, Station AtMost, Station AtLeast)
{
    /// <summary>The end that it told of.</summary>
    public QueryTaskResponse? End { get; init; }

    /// <summary>The output that it told of.</summary>
    public string? Output { get; init; }

    /// <summary>It was not answered: it has taken effect, or not, or not yet.</summary>
    public bool IsUnanswered { get; init; }

    public bool IsBefore(Observation other) => !IsUnanswered && Completed < other.Invoked;
}
