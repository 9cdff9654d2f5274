using Levity.Client;

namespace Levity.Cli.Commands;

/// <summary>What one of the options is that say how to reach a server.</summary>
/// <param name="Key">Its name in a file.</param>
/// <param name="Value">Null when there is none.</param>
/// <param name="Origin">The option, the variable or the line of a file that says so.</param>
internal sealed record EffectiveSetting(string Key, string? Value, string Origin)
{
    public static EffectiveSetting Of(string key, Setting? setting, string? otherwise) =>
        new(key, setting?.Value ?? otherwise, setting?.Origin ?? (otherwise is null ? "not set" : "default"));
}
