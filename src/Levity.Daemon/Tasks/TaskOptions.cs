namespace Levity.Daemon.Tasks;

/// <summary>What the operator decides about all tasks.</summary>
internal sealed record TaskOptions
{
    /// <summary>One read of a full pipe still is a small part of it.</summary>
    public const ulong SmallestLogQuota = 1024 * 1024;

    /// <summary>How long a task that was asked to stop has before it is killed.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How large a task's log may become, in bytes; 0 for no limit.</summary>
    public ulong LogQuota { get; init; }

    /// <summary>
    /// How long a task stays that nobody asks about; <see cref="Timeout.InfiniteTimeSpan"/> for ever.
    /// </summary>
    public TimeSpan InactivityTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>How much each user may have.</summary>
    public LimitTable Limits { get; init; } = LimitTable.None;
}
