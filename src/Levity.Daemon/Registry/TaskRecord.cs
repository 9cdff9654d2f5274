using Levity.Protocol;
using Levity.Protocol.Registry;

namespace Levity.Daemon.Registry;

/// <summary>
/// What is on record about a task: an immutable snapshot, replaced as a whole when the task moves on.
/// </summary>
internal sealed record TaskRecord
{
    public required TaskId Id { get; init; }

    /// <summary>The identity that started the task.</summary>
    public required string Owner { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What was asked for, as it came.</summary>
    public required StartTaskRequest Request { get; init; }

    /// <summary>The key that the start was asked for with, if it had one: one task of an owner for each key.</summary>
    public string? RequestKey { get; init; }

    /// <summary>The boot of the machine that the task was started in; null when a levityd of old did not note it.</summary>
    public string? BootId { get; init; }

    /// <summary>When its owner last asked about it; null for never.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    public required TaskState State { get; init; }

    /// <summary>Given when the task ended by a real exit.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Given in each final state.</summary>
    public Ending? Ending { get; init; }

    /// <summary>
    /// Where a live task with a retry policy is with that. Not written down: the supervisor knows, and it is asked after a
    /// restart.
    /// </summary>
    public TaskAttempt? Attempt { get; init; }

    /// <summary>What few tasks have; null when this one has nothing of it.</summary>
    public TaskDetails? Details { get; init; }

    /// <summary>With whom the task is shared at a time: a share gives nothing from its end on.</summary>
    public IEnumerable<TaskShare> SharesAt(DateTimeOffset time) =>
        Details is { Shares.Count: > 0 } ? Details.Shares.Where(share => IsInForce(share, time)) : [];

    /// <summary>The share of one user at a time, if there is one. Asked for with each call: it allocates nothing.</summary>
    public TaskShare? ShareOf(string user, DateTimeOffset time)
    {
        for (var i = 0; i < Details?.Shares.Count; i++)
        {
            if (string.Equals(Details.Shares[i].User, user, StringComparison.Ordinal))
            {
                return IsInForce(Details.Shares[i], time) ? Details.Shares[i] : null;
            }
        }

        return null;
    }

    private static bool IsInForce(TaskShare share, DateTimeOffset time) =>
        share.ExpiresAt is not { } end || time < end.ToDateTimeOffset();

    // Requests hold secrets (environment values): a record is never printed member by member.
    public override string ToString() => $"{Id} ({State})";
}
