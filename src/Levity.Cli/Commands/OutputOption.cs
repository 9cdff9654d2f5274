using System.CommandLine;
using System.CommandLine.Parsing;
using Levity.Cli.Output;

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

    /// <summary>One JSON document: an object where the verb is about one thing, an array where it can be about many.</summary>
    Json,

    /// <summary>A JSON object on each line, as soon as there is one.</summary>
    JsonLines,

    /// <summary>What the things are called, a line each: a name, or the id of what has none.</summary>
    Name,
}

/// <summary><c>-o FORMAT</c>: one of those that make sense for the command, the first of which is what it prints by itself.</summary>
internal sealed class OutputOption : Option<OutputFormat>
{
    private readonly OutputFormat[] _formats;

    public OutputOption(params OutputFormat[] formats)
        : base("--output", "-o")
    {
        _formats = formats;
        HelpName = "FORMAT";
        Description = $"{Choice} [default {NameOf(_formats[0])}].";
        CustomParser = Parse;
        CompletionSources.Clear();
        CompletionSources.Add([.. _formats.Select(NameOf)]);
        DefaultValueFactory = _ => _formats[0];
    }

    /// <summary>All formats, as the manual has them.</summary>
    public static IReadOnlyList<(string Format, string Meaning)> Table =>
    [
        ("text", "For people; of `start` and `query` what scripts rely on: the id, the state and the exit code."),
        ("table", "For people, a row for each; cut to the width of a terminal, and not cut in a pipe."),
        ("wide", "The same with whole ids and all that there is, and never cut."),
        ("json", "One JSON document: an object where the verb is about one thing, an array where it can be about many. "
            + "What has no end has none."),
        ("jsonl", "A JSON object on each line, as soon as there is one."),
        ("name", "What the things are called, a line each: a name, or the id of a task without one."),
    ];

    /// <summary>For a verb about one task.</summary>
    public static OutputOption OfOne() => new(OutputFormat.Text, OutputFormat.Json, OutputFormat.JsonLines, OutputFormat.Name);

    /// <summary>For a verb that lists things.</summary>
    public static OutputOption OfMany(params OutputFormat[] besides) =>
        new([OutputFormat.Table, .. besides, OutputFormat.Json, OutputFormat.JsonLines, OutputFormat.Name]);

    /// <summary>For a verb that prints one thing, which is an object in either form of JSON.</summary>
    public bool IsJson(ParseResult parsed) => parsed.GetValue(this) is OutputFormat.Json or OutputFormat.JsonLines;

    /// <summary>For a verb that prints many things: prints them in the format that was asked for.</summary>
    /// <param name="parsed">What was asked for.</param>
    /// <param name="output">Where they are printed.</param>
    /// <param name="jsonOf">One of them as an object.</param>
    /// <param name="nameOf">What it is called.</param>
    /// <param name="forPeople">For all other formats.</param>
    public IPrinter<T> PrinterOf<T>(
        ParseResult parsed, ConsoleOutput output, Func<T, string> jsonOf, Func<T, string> nameOf, Func<IPrinter<T>> forPeople) =>
        parsed.GetValue(this) switch
        {
            OutputFormat.Json => new JsonArray<T>(output, jsonOf),
            OutputFormat.JsonLines => new Lines<T>(output, jsonOf, atOnce: _formats[0] == OutputFormat.Text),
            OutputFormat.Name => new Lines<T>(output, nameOf, atOnce: _formats[0] == OutputFormat.Text),
            _ => forPeople(),
        };

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

        result.AddError(given == NameOf(OutputFormat.Json)
            ? $"--output json is one document, and this goes on without an end: use {NameOf(OutputFormat.JsonLines)}"
            : $"--output wants {Choice}, and '{given}' is none of them");
        return _formats[0];
    }
}
