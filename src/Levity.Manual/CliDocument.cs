using System.Text;
using Levity.Cli.Commands;

namespace Levity.Manual;

/// <summary>docs/cli.md: all that can be typed, on one page.</summary>
internal static class CliDocument
{
    public static string Text { get; } = Write();

    private static string Write()
    {
        var text = new StringBuilder("""
            # The command line

            This page is made by `make docs` from what the programs say of themselves (`levity --help`), as the manual pages are.


            """);
        foreach (var page in Programs.Levity)
        {
            Write(text, page);
        }

        text.Append("## Output formats\n\nEach verb with `-o` has some of these, and its help says which.\n\n");
        Write(text, ["Format", "What it is"], Surroundings.Formats);
        text.Append("\n## Exit status\n\n");
        Write(text, ["Status", "Meaning"], Surroundings.ExitCodes);
        text.Append("\n## Environment\n\n");
        Write(text, ["Variable", "Meaning"], Surroundings.Variables);
        text.Append("\n## Files\n\n");
        Write(text, ["File", "What is in it"], Surroundings.Files);
        text.Append($"\n{Surroundings.Configuration}\n\n```toml\n{Surroundings.ConfigurationExample}\n```\n\n");
        foreach (var page in Programs.Levityd)
        {
            Write(text, page);
        }

        return $"{text.ToString().TrimEnd('\n')}\n";
    }

    private static void Write(StringBuilder text, HelpPage page)
    {
        text.Append($"## {page.Path}\n\n{page.Summary}\n\n    {page.Usage}\n\n");
        foreach (var section in page.Sections)
        {
            Write(text, [section.Title, ""], section.Rows);
            text.Append('\n');
        }

        if (page.Examples.Count > 0)
        {
            text.Append($"```sh\n{string.Join("\n\n", page.Examples.Select(example => $"# {example.Meaning}\n{example.Line}"))}\n```\n\n");
        }
    }

    private static void Write(StringBuilder text, string[] heads, IReadOnlyList<HelpRow> rows)
    {
        text.Append($"| {heads[0]} | {heads[1]} |\n|---|---|\n");
        foreach (var row in rows)
        {
            text.Append($"| `{Cell(row.Term.Trim())}` | {Cell(row.Text)} |\n");
        }
    }

    // GitHub Flavored Markdown, 4.10: a pipe ends a cell, within code as well.
    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
