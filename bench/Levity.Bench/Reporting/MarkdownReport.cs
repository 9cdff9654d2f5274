using System.Globalization;

namespace Levity.Bench.Reporting;

/// <summary>The record of a run: a file in docs/benchmarks.</summary>
internal static class MarkdownReport
{
    public static readonly IReadOnlyList<string> Headings =
        ["what", "levity", "peer", "levity / peer", "goal", "reached"];

    public static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Yes => "yes",
        Verdict.No => "no",
        _ => "not measured",
    };

    /// <returns>The file's path.</returns>
    public static async Task<string> WriteAsync(RunReport report, string directory, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        var date = report.Began.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var path = Path.Combine(directory, $"{date}-{report.Revision}.md");
        var temporary = $"{path}.new";
        await File.WriteAllLinesAsync(temporary, LinesOf(report, date), cancellationToken);
        File.Move(temporary, path, overwrite: true);
        return path;
    }

    private static IEnumerable<string> LinesOf(RunReport report, string date) =>
    [
        $"# Benchmarks of {date}",
        "",
        $"- commit: {report.Revision.Commit}{(report.Revision.IsDirty ? ", with changes that are not in it" : "")}",
        $"- command: `{report.Command}`",
        .. report.Machine.Facts().Select(fact => $"- {fact.Name}: {fact.Value}"),
        "",
        Row(Headings),
        Row(Headings.Select(_ => "---")),
        .. report.Lines.Select(line => Row(
            [line.What, line.Levity, line.Peer, line.Ratio, line.Goal, Word(line.Verdict)])),
        "",
        "How to read this: [README.md](README.md).",
        "",
        .. report.Notes.Select(note => $"- {note}"),
    ];

    private static string Row(IEnumerable<string> cells) =>
        $"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |";
}
