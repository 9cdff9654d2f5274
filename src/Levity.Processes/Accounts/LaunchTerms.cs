using Levity.Linux;

namespace Levity.Processes.Accounts;

/// <summary>What has to be so before a command is executed, and a process can only do for itself.</summary>
public sealed record LaunchTerms
{
    /// <summary>Whom it becomes; null for the user that it is.</summary>
    public Credentials? Credentials { get; init; }

    /// <summary>The lists of control groups that it enters: <see cref="Containment.Limit"/>.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];
}
