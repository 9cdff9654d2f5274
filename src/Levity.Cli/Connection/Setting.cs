namespace Levity.Cli.Connection;

/// <summary>A value and where it comes from, so that an error can say what to change.</summary>
/// <param name="Value">As given.</param>
/// <param name="Origin">The option or the variable; null for the built-in default.</param>
internal readonly record struct Setting(string Value, string? Origin)
{
    public override string ToString() => Origin is null ? $"'{Value}'" : $"'{Value}' ({Origin})";
}
