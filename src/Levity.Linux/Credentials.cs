namespace Levity.Linux;

/// <summary>Whom the kernel takes a process for: credentials(7).</summary>
/// <param name="UserId">The user id.</param>
/// <param name="GroupId">The group id.</param>
/// <param name="Groups">The supplementary groups; nothing is added to them.</param>
public sealed record Credentials(uint UserId, uint GroupId, IReadOnlyList<uint> Groups);
