using Levity.Linux;

namespace Levity.Processes.Accounts;

/// <summary>What has to be so before a command is executed, and a process can only do for itself.</summary>
public sealed record LaunchTerms
{
    /// <summary>Whom it becomes; null for the user that it is.</summary>
    public Credentials? Credentials { get; init; }

    /// <summary>The lists of control groups that it enters: <see cref="Containment.Limit"/>.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Limits of its own, set as whom it becomes; the others it inherits.</summary>
    public IReadOnlyList<ProcessLimit> Limits { get; init; } = [];

    /// <summary>Whether there is anything to be done.</summary>
    public bool NeedLauncher => Credentials is not null || Groups.Count > 0 || Limits.Count > 0;
}
