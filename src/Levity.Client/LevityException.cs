namespace Levity.Client;

/// <summary>
/// The one exception of this library. Its message is one line, for people: what was wrong, with which value, and what to
/// do.
/// </summary>
public sealed class LevityException(LevityErrorKind kind, string message, Exception? cause = null)
    : Exception(message, cause)
{
    /// <summary>What sort of failure it is.</summary>
    public LevityErrorKind Kind { get; } = kind;

    /// <summary>
    /// Whether the call was sent and not answered, so that nobody knows whether it was done. With a start, the same
    /// request made again (the same key) is no second task.
    /// </summary>
    public bool MayHaveBeenDone { get; internal set; }

    /// <summary>Whether the answer got lost on the way, so that another try may have one.</summary>
    internal bool IsOfTheConnection => Kind is LevityErrorKind.Unreachable or LevityErrorKind.StoppedReading;
}
