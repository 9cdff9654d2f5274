using System.CommandLine;
using System.CommandLine.Parsing;

namespace Levity.Cli.Commands;

/// <summary>How a command prints what it was told.</summary>
internal enum OutputFormat
{
    /// <summary>For people; the forms that scripts rely on say so.</summary>
    Text,

    /// <summary>The same as a table, with what matters most.</summary>
    Table,

    /// <summary>A table with more of it.</summary>
    Wide,

    /// <summary>One JSON value: an object on one line, or an array where there can be many.</summary>
    Json,

    /// <summary>A JSON object on each line.</summary>
    JsonLines,

    /// <summary>What the things are called, a line each.</summary>
    Name,
}

/// <summary><c>-o FORMAT</c>: one of those that make sense for the command, the first of which is what it prints by itself.</summary>
internal sealed class OutputOption : Option<OutputFormat>
{
    private readonly OutputFormat[] _formats;

    public OutputOption(params OutputFormat[] formats)
        : base("--output", "-o")
    {
        _formats = formats is [] ? [OutputFormat.Text, OutputFormat.Json] : formats;
        HelpName = "FORMAT";
        Description = $"{Choice} [default {NameOf(_formats[0])}].";
        CustomParser = Parse;
        CompletionSources.Clear();
        CompletionSources.Add([.. _formats.Select(NameOf)]);
        DefaultValueFactory = _ => _formats[0];
    }

    // "text or json", "table, wide or json"
    private string Choice => string.Join(", ", _formats[..^1].Select(NameOf)) + $" or {NameOf(_formats[^1])}";

    private static string NameOf(OutputFormat format) => format switch
    {
        OutputFormat.JsonLines => "jsonl",
        _ => $"{format}".ToLowerInvariant(),
    };

    private OutputFormat Parse(ArgumentResult result)
    {
        var given = result.Tokens[0].Value;
        if (_formats.Where(format => NameOf(format) == given).Cast<OutputFormat?>().FirstOrDefault() is { } known)
        {
            return known;
        }

        result.AddError($"--output wants {Choice}, and '{given}' is {(_formats.Length == 2 ? "neither" : "none of them")}");
        return _formats[0];
    }
}
