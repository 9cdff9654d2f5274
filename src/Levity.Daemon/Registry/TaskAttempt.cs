using Levity.Protocol;

namespace Levity.Daemon.Registry;

/// <summary>Where a task with a retry policy is with its attempts, once the first has failed.</summary>
/// <param name="Number">Which attempt is under way, or was last.</param>
/// <param name="NextAt">When the next one begins; null while one is under way.</param>
/// <param name="Last">How the last one that is over has ended.</param>
internal sealed record TaskAttempt(int Number, DateTimeOffset? NextAt, AttemptEnd Last)
{
    /// <summary>Whether this is later news: an attempt is under way first, and then the next one is waited for.</summary>
    public bool IsAfter(TaskAttempt? other) =>
        other is null || (Number, NextAt is not null).CompareTo((other.Number, other.NextAt is not null)) > 0;
}
