using System.Collections.Frozen;

namespace Levity.Daemon.Tasks;

/// <summary>Which account of this machine whose tasks run as, by login names.</summary>
/// <param name="Default">For users who have none of their own; null for the account of levityd.</param>
/// <param name="Users">By the name in the certificate.</param>
internal sealed record AccountTable(string? Default, IReadOnlyDictionary<string, string> Users)
{
    public static AccountTable None { get; } = new(Default: null, FrozenDictionary<string, string>.Empty);

    /// <summary>Null for the account of levityd.</summary>
    public string? For(string user) => Users.GetValueOrDefault(user) ?? Default;
}
