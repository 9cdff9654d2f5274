using System.Diagnostics.CodeAnalysis;

namespace Levity.Client;

/// <summary>A value and where it comes from, so that an error can say what to change. A plain string will do.</summary>
/// <param name="Value">As given.</param>
/// <param name="Origin">The option or the variable that it is from; null when there is nothing to say.</param>
public sealed record Setting(string Value, string? Origin = null)
{
    [return: NotNullIfNotNull(nameof(value))]
    public static implicit operator Setting?(string? value) => value is null ? null : new Setting(value);

    public override string ToString() => Origin is null ? $"'{Value}'" : $"'{Value}' ({Origin})";
}
