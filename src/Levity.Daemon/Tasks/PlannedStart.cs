using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tasks;

/// <summary>What a start would do now.</summary>
/// <param name="Account">Whose account it would run as; null for that of levityd.</param>
/// <param name="Child">What the supervisor would be asked for; null when the account is not there.</param>
/// <param name="Grace">How long it would have when it is asked to stop.</param>
/// <param name="AccountProblem">Why there is no account to run it as.</param>
/// <param name="NameIsTakenBy">The task that has its name.</param>
/// <param name="Limits">What its owner has of what is limited, reached or not.</param>
/// <param name="Containment">How its processes would be kept together; null when nobody knows just now.</param>
internal sealed record PlannedStart(
    string? Account,
    StartChild? Child,
    TimeSpan Grace,
    string? AccountProblem,
    TaskId? NameIsTakenBy,
    IReadOnlyList<OverLimit> Limits,
    string? Containment);
