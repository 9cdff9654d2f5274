using System.CommandLine;
using System.CommandLine.Parsing;

namespace Levity.Cli.Commands;

/// <summary>How a command prints what it was told.</summary>
internal enum OutputFormat
{
    /// <summary>For people; the forms that scripts rely on say so.</summary>
    Text,

    /// <summary>One JSON object on one line.</summary>
    Json,
}

/// <summary><c>-o text</c> or <c>-o json</c>.</summary>
internal sealed class OutputOption : Option<OutputFormat>
{
    public OutputOption()
        : base("--output", "-o")
    {
        HelpName = "FORMAT";
        Description = "text or json [default text].";
        CustomParser = Parse;
        CompletionSources.Clear();
        CompletionSources.Add("text", "json");
    }

    private static OutputFormat Parse(ArgumentResult result)
    {
        switch (result.Tokens[0].Value)
        {
            case "text":
                return OutputFormat.Text;
            case "json":
                return OutputFormat.Json;
            case var other:
                result.AddError($"--output wants text or json, and '{other}' is neither");
                return OutputFormat.Text;
        }
    }
}
