using System.Collections.Frozen;

namespace Levity.Daemon.Security;

/// <summary>
/// Who is more than the owner of their own tasks, by name. Names are compared letter by letter, as everywhere. Never
/// changed: other roles are another object.
/// </summary>
internal sealed class Roles
{
    /// <summary>What holds without a word from the operator: nobody is more than an owner, and everybody may start tasks.</summary>
    public static readonly Roles None = new();

    /// <summary>They may do everything with all tasks, and start their own.</summary>
    public IReadOnlySet<string> Admins { get; init; } = FrozenSet<string>.Empty;

    /// <summary>They may read all tasks.</summary>
    public IReadOnlySet<string> Viewers { get; init; } = FrozenSet<string>.Empty;

    /// <summary>They may start tasks; null for everybody.</summary>
    public IReadOnlySet<string>? Starters { get; init; }

    /// <summary>What somebody may do without regard to whose a task is.</summary>
    public Rights Of(string name) =>
        (Admins.Contains(name) ? Rights.Start | Rights.Read | Rights.Signal | Rights.Attach | Rights.Remove | Rights.Share : Rights.None)
        | (Viewers.Contains(name) ? Rights.Read : Rights.None)
        | (Starters is null || Starters.Contains(name) ? Rights.Start : Rights.None);
}
