using Spectre.Console;
using Spectre.Console.Rendering;

namespace Levity.Cli.Output;

/// <summary>
/// Draws a table for people, by Spectre.Console: no borders, heads that stand out, and each row is one line. Where there is no
/// room for all of it, some of the last column is not shown, and then some of the widest.
/// </summary>
internal static class TerminalTable
{
    private const int Gap = 2;

    // Ids, states and numbers are shorter, and are never cut.
    private const int NarrowestOther = 20;
    private const int NarrowestLast = 10;

    private static readonly Style Bold = new(decoration: Decoration.Bold);

    /// <param name="heads">One for each column.</param>
    /// <param name="rows">As many cells each, in which nothing is left that a terminal obeys.</param>
    /// <param name="withColor">Whether it may have any.</param>
    /// <param name="room">How many columns a line may have.</param>
    public static string Render(IReadOnlyList<string> heads, IReadOnlyList<Cell[]> rows, bool withColor, int room)
    {
        var widths = WidthsOf(heads, rows, room);
        var table = new Table { Border = TableBorder.None };
        for (var column = 0; column < heads.Count; column++)
        {
            table.AddColumn(new TableColumn(new OneLine(heads[column], Bold))
            {
                Width = widths[column],
                Padding = new Padding(0, 0, column == heads.Count - 1 ? 0 : Gap, 0),
            });
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new OneLine(cell.Text, StyleOf(cell.Tone))));
        }

        using var text = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = withColor ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = withColor ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false }, // what is known is enough
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = widths.Sum() + (Gap * (widths.Length - 1));
        console.Write(table);

        // What is behind the last word of a line would be copied with it.
        return string.Concat(text.ToString().TrimEnd('\n').Split('\n').Select(line => $"{line.TrimEnd(' ')}\n"));
    }

    private static int[] WidthsOf(IReadOnlyList<string> heads, IReadOnlyList<Cell[]> rows, int room)
    {
        int[] widths = [.. heads.Select((head, column) => rows.Select(row => row[column].Text).Append(head).Max(WidthOf))];
        var last = widths.Length - 1;
        Narrow(last, NarrowestLast);
        if (last > 0)
        {
            Narrow(Array.IndexOf(widths, widths[..last].Max()), NarrowestOther);
        }

        return widths;

        void Narrow(int column, int narrowest)
        {
            var excess = Math.Max(0, widths.Sum() + (Gap * last) - room);
            widths[column] = Math.Min(widths[column], Math.Max(narrowest, widths[column] - excess));
        }
    }

    private static int WidthOf(string text) => new Segment(text).CellCount();

    // Of the first eight, which are as the user has chosen them.
    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Good => new Style(Color.Green),
        Tone.Changing => new Style(Color.Olive),
        Tone.Bad => new Style(Color.Maroon),
        _ => Style.Plain,
    };

    /// <summary>A text that is cut and never wrapped, and in which nothing is markup.</summary>
    private sealed class OneLine(string text, Style style) : Renderable
    {
        private readonly Segment _segment = new(text, style);

        protected override Measurement Measure(RenderOptions options, int maxWidth)
        {
            var width = Math.Min(_segment.CellCount(), maxWidth);
            return new Measurement(width, width);
        }

        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            Segment.SplitOverflow(_segment, Overflow.Ellipsis, maxWidth);
    }
}
