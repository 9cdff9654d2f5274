using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Levity.Configuration;

namespace Levity.Daemon.Hosting.Configuration;

/// <summary>
/// levityd config view: what would count, and what says so: an option, a line of the file, or nothing, and then it is the
/// default, as help tells it.
/// </summary>
internal static partial class ConfigView
{
    private const string NotSet = "-";

    /// <param name="parsed">The command line.</param>
    /// <param name="options">Each option that can stand in a file, by its key.</param>
    /// <param name="file">Its name; null when there is none.</param>
    /// <param name="settings">What it says.</param>
    public static string Of(
        ParseResult parsed, IReadOnlyDictionary<string, Symbol> options, string? file, IReadOnlyList<FileSetting> settings)
    {
        List<string[]> rows = [["SETTING", "VALUE", "FROM"]];
        foreach (var (key, symbol) in options)
        {
            var given = OnCommandLine(parsed, symbol);
            rows.Add(
                given is not null ? [key, given, symbol is Option ? symbol.Name : "the command line"]
                : settings.FirstOrDefault(setting => setting.Key == key) is { Value: not null } setting ? RowOf(setting)
                : [key, DefaultOf(symbol) ?? NotSet, DefaultOf(symbol) is null ? "not set" : "default"]);
        }

        rows.AddRange(settings.Where(setting => setting.Value is not null && !options.ContainsKey(setting.Key)).Select(RowOf));
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToList();
        return string.Concat(rows.Select(
            row => $"{row[0].PadRight(widths[0])}  {row[1].PadRight(widths[1])}  {row[2]}\n"));

        string[] RowOf(FileSetting setting) => [setting.Key, TextOf(setting.Value!), $"{file}:{setting.At.Line}"];
    }

    private static string? OnCommandLine(ParseResult parsed, Symbol symbol) => symbol switch
    {
        Option option when parsed.GetResult(option) is { Implicit: false } result => string.Join(' ', result.Tokens),
        Argument argument when parsed.GetResult(argument) is { Tokens.Count: > 0 } result => string.Join(' ', result.Tokens),
        _ => null,
    };

    private static string? DefaultOf(Symbol symbol) =>
        Default().Match(symbol.Description ?? "") is { Success: true } match ? match.Groups["default"].Value : null;

    private static string TextOf(FileValue value) => value.Content switch
    {
        string text => string.Concat(text.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString())),
        long number => number.ToString(CultureInfo.InvariantCulture),
        IReadOnlyList<FileValue> list => $"[{string.Join(", ", list.Select(TextOf))}]",
        _ => value.ToString(),
    };

    [GeneratedRegex(@"\[default: (?<default>[^\]]*)\]\z", RegexOptions.CultureInvariant)]
    private static partial Regex Default();
}
