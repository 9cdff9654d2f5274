using System.Text;
using Levity.Protocol;
using Tomlyn;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Levity.Configuration;

/// <summary>Reads a file in TOML as a flat list of settings, each with its place: what they mean is said elsewhere.</summary>
public static class ConfigurationFile
{
    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <exception cref="ConfigurationException">The file cannot be read, or others could change it.</exception>
    public static string ReadText(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            var mode = File.GetUnixFileMode(stream.SafeFileHandle);
            if ((mode & WritableByOthers) != 0)
            {
                throw new ConfigurationException(
                    $"'{file}' can be written by others, who would decide for whoever uses it (mode "
                    + $"0{Convert.ToString((int)mode, 8)}): chmod go-w '{file}'");
            }

            using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"cannot read the configuration file '{file}': {FileFailure.Of(e, file)}", e);
        }
        catch (DecoderFallbackException e)
        {
            throw new ConfigurationException($"the configuration file '{file}' is not UTF-8: {e.Message}", e);
        }
    }

    /// <summary>What is no TOML is a problem; then there are no settings.</summary>
    public static IReadOnlyList<FileSetting> Parse(string text, ConfigurationProblems problems)
    {
        if (TryParse(text, problems) is not { } document)
        {
            return [];
        }

        foreach (var diagnostic in document.Diagnostics)
        {
            problems.Add(PositionOf(diagnostic.Span), diagnostic.Message);
        }

        if (document.HasErrors)
        {
            return [];
        }

        var settings = new List<FileSetting>();
        AddAll(document.KeyValues, [], settings);
        foreach (var table in document.Tables)
        {
            var path = PathOf(table.Name!);
            var position = PositionOf(table.Name!.Span);
            if (table is TableArraySyntax)
            {
                problems.Add(position, $"[[{string.Join('.', path)}]]: no table of this file comes more than once: write [ ]");
                continue;
            }

            settings.Add(new FileSetting(path, position, Value: null));
            AddAll(table.Items, path, settings);
        }

        return settings;
    }

    // Some of what is no TOML is not told by the parser but thrown: an escape of what is no character, too many brackets.
    private static DocumentSyntax? TryParse(string text, ConfigurationProblems problems)
    {
        try
        {
            return SyntaxParser.Parse(text);
        }
        catch (Exception e) when (e is TomlException or ArgumentException)
        {
            problems.Add(new FilePosition(1, 1), $"somewhere in the file is what no TOML has: {e.Message}");
            return null;
        }
    }

    private static void AddAll(IEnumerable<SyntaxNode> items, string[] table, List<FileSetting> settings)
    {
        foreach (var item in items.OfType<KeyValueSyntax>())
        {
            string[] path = [.. table, .. PathOf(item.Key!)];
            var position = PositionOf(item.Key!.Span);
            if (item.Value is InlineTableSyntax inline)
            {
                settings.Add(new FileSetting(path, position, Value: null));
                AddAll(inline.Items.Select(element => element.KeyValue!), path, settings);
            }
            else
            {
                settings.Add(new FileSetting(path, position, ValueOf(item.Value!)));
            }
        }
    }

    internal static string[] PathOf(KeySyntax key) =>
        [NameOf(key.Key!), .. key.DotKeys.Select(dotted => NameOf(dotted.Key!))];

    private static string NameOf(BareKeyOrStringValueSyntax part) => part switch
    {
        BareKeySyntax bare => bare.Key!.Text!,
        StringValueSyntax quoted => quoted.Value!,
        _ => throw new InvalidDataException($"a key that is a {part.GetType().Name}"),
    };

    private static FileValue ValueOf(ValueSyntax value) => new(
        value switch
        {
            StringValueSyntax text => text.Value,
            IntegerValueSyntax number => number.Value,
            BooleanValueSyntax flag => flag.Value,
            ArraySyntax list => list.Items.Select(item => ValueOf(item.Value!)).ToList(),
            _ => null,
        },
        PositionOf(value.Span));

    private static FilePosition PositionOf(SourceSpan span) => new(span.Start.Line + 1, span.Start.Column + 1);
}
