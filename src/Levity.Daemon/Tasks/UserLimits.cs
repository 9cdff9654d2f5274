using System.Collections.Frozen;

namespace Levity.Daemon.Tasks;

/// <summary>How much one user may have at once; null is any.</summary>
internal sealed record UserLimits
{
    public int? RunningTasks { get; init; }

    public int? StartsPerMinute { get; init; }

    /// <summary>What the logs of all their tasks may have on disk when another one is started.</summary>
    public long? LogBytes { get; init; }

    public int? OpenStreams { get; init; }

    /// <summary>So many also without a word of the operator: one user shall not keep out the others.</summary>
    public int? Connections { get; init; } = 1_000;
}

/// <summary>The limits of everybody, and those of the users who have their own. Never changed.</summary>
internal sealed class LimitTable(UserLimits everybody, IReadOnlyDictionary<string, UserLimits> users)
{
    public static readonly LimitTable None = new(new UserLimits(), FrozenDictionary<string, UserLimits>.Empty);

    public UserLimits Of(string user) => users.GetValueOrDefault(user, everybody);
}
