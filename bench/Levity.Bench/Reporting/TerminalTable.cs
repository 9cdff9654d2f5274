using Spectre.Console;

namespace Levity.Bench.Reporting;

/// <summary>The table on the terminal.</summary>
internal static class TerminalTable
{
    private const int WidthOfPipe = 190;

    public static void Print(RunReport report)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = WidthOfPipe;
        }

        foreach (var (name, value) in report.Machine.Facts())
        {
            console.WriteLine($"{name}: {value}");
        }

        var table = new Table().RoundedBorder();
        foreach (var heading in MarkdownReport.Headings)
        {
            table.AddColumn(heading);
        }

        foreach (var line in report.Lines)
        {
            table.AddRow(
                new Text(line.What),
                new Text(line.Levity),
                new Text(line.Peer),
                new Text(line.Ratio),
                new Text(line.Goal),
                new Text(MarkdownReport.Word(line.Verdict), new Style(ColorOf(line.Verdict))));
        }

        console.Write(table);
        foreach (var note in report.Notes)
        {
            console.WriteLine($"- {note}");
        }
    }

    private static Color ColorOf(Verdict verdict) => verdict switch
    {
        Verdict.Yes => Color.Green,
        Verdict.No => Color.Red,
        _ => Color.Yellow,
    };
}
