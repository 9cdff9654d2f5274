using System.Globalization;
using Levity.Protocol;

namespace Levity.Configuration;

/// <summary>One key of a configuration file, with the tables that it is in, and what it is set to.</summary>
/// <param name="Path">The names from the top of the file on.</param>
/// <param name="At">Where the key is.</param>
/// <param name="Value">Null for the head of a table, which says nothing by itself but has to be a known one.</param>
public sealed record FileSetting(IReadOnlyList<string> Path, FilePosition At, FileValue? Value)
{
    /// <summary>As an operator would name it.</summary>
    public string Key => string.Join('.', Path);
}

/// <summary>A value and where it is.</summary>
/// <param name="Content">A string, long, bool or list of these values; null for whatever else TOML has.</param>
/// <param name="At">Where it begins.</param>
public sealed record FileValue(object? Content, FilePosition At)
{
    /// <inheritdoc />
    public override string ToString() => Content switch
    {
        string text => QuotedText.Of(text),
        long number => number.ToString(CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        IReadOnlyList<FileValue> => "a list",
        _ => "this",
    };
}

/// <summary>A line and a column, counted from 1.</summary>
public readonly record struct FilePosition(int Line, int Column);
