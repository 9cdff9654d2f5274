using System.Globalization;
using Levity.Daemon.Api;

namespace Levity.Daemon.Hosting.Configuration;

/// <summary>One key of the configuration file, with the tables that it is in, and what it is set to.</summary>
/// <param name="Path">The names from the top of the file on.</param>
/// <param name="At">Where the key is.</param>
/// <param name="Value">Null for the head of a table, which says nothing by itself but has to be a known one.</param>
internal sealed record Setting(IReadOnlyList<string> Path, FilePosition At, SettingValue? Value)
{
    /// <summary>What stands for the name of any user in the form of a key.</summary>
    public const string AnyName = "NAME";

    /// <summary>As an operator would name it.</summary>
    public string Key => string.Join('.', Path);

    /// <summary>The key as the list of those that there are has it.</summary>
    public string Form => Path switch
    {
        ["limits", "users", _, ..] => string.Join('.', Path.Select((name, index) => index == 2 ? AnyName : name)),
        [RunAsRules.Table, _] => $"{RunAsRules.Table}.{AnyName}",
        _ => Key,
    };
}

/// <summary>A value and where it is.</summary>
/// <param name="Content">A string, long, bool or list of these values; null for whatever else TOML has.</param>
/// <param name="At">Where it begins.</param>
internal sealed record SettingValue(object? Content, FilePosition At)
{
    public override string ToString() => Content switch
    {
        string text => RpcErrors.Quote(text),
        long number => number.ToString(CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        IReadOnlyList<SettingValue> => "a list",
        _ => "this",
    };
}

/// <summary>A line and a column, counted from 1.</summary>
internal readonly record struct FilePosition(int Line, int Column);
