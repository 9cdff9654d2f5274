namespace Levity.Daemon.Tasks;

/// <summary>Which limit a user has reached.</summary>
/// <param name="User">Whose it is.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Value">How much it allows.</param>
/// <param name="Used">How much there is.</param>
/// <param name="RetryAfter">When there is room again, if that is known.</param>
internal sealed record OverLimit(
    string User, UserLimit Limit, long Value, long Used, TimeSpan RetryAfter = default)
{
    /// <summary>False for one that was only looked at.</summary>
    public bool IsReached => Used >= Value;
}

internal enum UserLimit
{
    RunningTasks,
    StartsPerMinute,
    LogBytes,
    OpenStreams,
}
