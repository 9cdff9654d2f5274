using System.Globalization;

namespace Levity.Soak.Reporting;

/// <summary>The table of a run: on the terminal, and in docs/reliability.md between its two marks.</summary>
internal static class SoakTable
{
    public const string FileName = "reliability.md";
    private const string Begin = "<!-- soak: begin -->";
    private const string End = "<!-- soak: end -->";

    private static readonly string[] Headings = ["scenario", "faults", "tasks", "bytes compared", "seconds", "violations"];

    public static string Text(SoakOptions options, IReadOnlyList<Tally> tallies)
    {
        var rows = Rows(tallies).Prepend(Headings).ToList();
        var widths = Enumerable.Range(0, Headings.Length).Select(i => rows.Max(row => row[i].Length)).ToArray();
        var lines = rows.Select(row => string.Join("  ", row.Select((cell, i) =>
            i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))));
        return string.Join('\n', [.. lines, $"seed {options.Seed}"]);
    }

    /// <returns>The file that has it now.</returns>
    public static async Task<string> WriteAsync(
        SoakOptions options, IReadOnlyList<Tally> tallies, string directory, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, FileName);
        var text = await File.ReadAllTextAsync(path, cancellationToken);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new InvalidDataException($"'{path}' has no '{Begin}' and '{End}' for the table to be put between");
        }

        var temporary = $"{path}.new";
        var filled = $"{text[..(begin + Begin.Length)]}\n{Markdown(options, tallies)}\n{text[end..]}";
        await File.WriteAllTextAsync(temporary, filled, cancellationToken);
        File.Move(temporary, path, overwrite: true);
        return path;
    }

    private static string Markdown(SoakOptions options, IReadOnlyList<Tally> tallies)
    {
        var today = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var sum = TimeSpan.FromSeconds(tallies.Sum(tally => tally.Took.TotalSeconds));
        return string.Join('\n', [
            $"Run of {today} on {Environment.ProcessorCount} cores, {sum.TotalMinutes:0} minutes, seed {options.Seed}:",
            "",
            MarkdownRow(Headings),
            MarkdownRow(Headings.Select((_, i) => i == 0 ? "---" : "---:")),
            .. Rows(tallies).Select(MarkdownRow),
        ]);
    }

    private static string MarkdownRow(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";

    private static IEnumerable<string[]> Rows(IReadOnlyList<Tally> tallies) =>
    [
        .. tallies.Select(tally => tally.Skipped is { } why
            ? [tally.Scenario, $"left out: {why}", "", "", "", ""]
            : Row(tally.Scenario, tally.Faults, tally.Tasks, tally.Bytes, tally.Took, tally.Violations.Count)),
        Row(
            "all",
            tallies.Sum(tally => tally.Faults),
            tallies.Sum(tally => tally.Tasks),
            tallies.Sum(tally => tally.Bytes),
            TimeSpan.FromSeconds(tallies.Sum(tally => tally.Took.TotalSeconds)),
            tallies.Sum(tally => tally.Violations.Count)),
    ];

    private static string[] Row(string name, long faults, long tasks, long bytes, TimeSpan took, long violations) =>
    [
        name, Number(faults), Number(tasks), Number(bytes), Number((long)took.TotalSeconds), Number(violations),
    ];

    private static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
