using System.Text;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Levity.Configuration;

/// <summary>
/// A configuration file that is changed in single places: the rest stays as its owner wrote it, comments and all. What is
/// written in a way that this does not understand (dotted keys, tables in braces) stays as it is; who asks looks at the outcome.
/// </summary>
/// <param name="text">A file in TOML without a mistake.</param>
public sealed class ConfigurationText(string text)
{
    private string _text = text.Length == 0 || text[^1] == '\n' ? text : $"{text}\n";

    /// <inheritdoc />
    public override string ToString() => _text;

    /// <summary>Has this key in this table (none is the top of the file) say this.</summary>
    public void Set(IReadOnlyList<string> table, string key, string value)
    {
        var document = SyntaxParser.Parse(_text);
        var line = $"{NameOf(key)} = {Quote(value)}\n";
        if (ItemsOf(document, table) is not { } items)
        {
            _text += $"{(_text.Length > 0 ? "\n" : "")}[{string.Join('.', table.Select(NameOf))}]\n{line}";
        }
        else if (items.FirstOrDefault(item => ConfigurationFile.PathOf(item.Key!) is [var name] && name == key) is { } item)
        {
            var (start, end) = (item.Value!.Span.Start.Offset, item.Value.Span.End.Offset + 1);
            _text = $"{_text[..start]}{Quote(value)}{_text[end..]}";
        }
        else
        {
            var at = items is [.., var last] ? EndOfLine(last)
                : Find(document, table) is { } head ? EndOfLine(head.CloseBracket!)
                : 0;
            _text = _text.Insert(at, at == 0 && _text.Length > 0 ? $"{line}\n" : line);
        }
    }

    /// <summary>Takes a key out of the top of the file, with its line.</summary>
    public void Remove(string key)
    {
        var items = SyntaxParser.Parse(_text).KeyValues;
        if (items.FirstOrDefault(item => ConfigurationFile.PathOf(item.Key!) is [var name] && name == key) is { } item)
        {
            _text = _text.Remove(StartOfLine(item), EndOfLine(item) - StartOfLine(item));
        }
    }

    /// <summary>Takes a table out, from its head to its last line.</summary>
    public void Remove(IReadOnlyList<string> table)
    {
        if (Find(SyntaxParser.Parse(_text), table) is not { } head)
        {
            return;
        }

        var start = StartOfLine(head.OpenBracket!);
        var end = head.Items.LastOrDefault() is { } last ? EndOfLine(last) : EndOfLine(head.CloseBracket!);
        _text = $"{_text[..start].TrimEnd('\n')}\n\n{_text[end..].TrimStart('\n')}".Trim('\n') + '\n';
    }

    private static IReadOnlyList<KeyValueSyntax>? ItemsOf(DocumentSyntax document, IReadOnlyList<string> table) =>
        table.Count == 0 ? [.. document.KeyValues] : Find(document, table) is { } head ? [.. head.Items.OfType<KeyValueSyntax>()] : null;

    private static TableSyntaxBase? Find(DocumentSyntax document, IReadOnlyList<string> table) =>
        document.Tables.FirstOrDefault(head => ConfigurationFile.PathOf(head.Name!).SequenceEqual(table));

    private static string NameOf(string key) =>
        key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? key : Quote(key);

    // toml.io, v1.0.0, "String": what a basic string cannot have as it is.
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c is '"' or '\\' ? $"\\{c}" : char.IsControl(c) ? $"\\u{(int)c:X4}" : c.ToString());
        }

        return quoted.Append('"').ToString();
    }

    private int StartOfLine(SyntaxNode node) => _text.LastIndexOf('\n', node.Span.Start.Offset) + 1;

    private int EndOfLine(SyntaxNode node) => _text.IndexOf('\n', node.Span.End.Offset) + 1;
}
