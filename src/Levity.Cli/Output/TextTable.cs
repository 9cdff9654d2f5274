using System.Text;

namespace Levity.Cli.Output;

/// <summary>
/// A table: a line for its heads and one for each row, columns as wide as what is in them. On a terminal its last column
/// is cut at the edge, and its heads stand out; anywhere else it is plain text, and nothing is cut. Nothing in a cell
/// reaches the terminal that it would obey.
/// </summary>
internal sealed class TextTable(params string[] heads)
{
    private const string Gap = "  ";
    private const string Bold = "\u001b[1m";
    private const string Plain = "\u001b[0m";

    // The last column has this much at least, however narrow the terminal is.
    private const int NarrowestLast = 10;

    private readonly List<string[]> _rows = [];

    /// <summary>A cell with nothing in it is shown as a hyphen: so each line has as many words as there are columns.</summary>
    public void Add(params string[] cells) =>
        _rows.Add([.. cells.Select(cell => cell.Length > 0 ? ErrorLine.Escape(cell) : "-")]);

    /// <param name="terminal">Null when it goes elsewhere.</param>
    public string Render(Terminal? terminal)
    {
        var widths = heads.Select((head, column) =>
            _rows.Select(row => TextWidth.Of(row[column])).Append(head.Length).Max()).ToList();
        if (terminal is not null)
        {
            var others = widths.Take(widths.Count - 1).Sum(width => width + Gap.Length);
            widths[^1] = Math.Max(NarrowestLast, terminal.Width - others);
        }

        var text = new StringBuilder();
        var head = LineOf(heads, widths, terminal);
        text.Append(terminal is { WithColor: true } ? $"{Bold}{head}{Plain}\n" : $"{head}\n");
        foreach (var row in _rows)
        {
            text.Append(LineOf(row, widths, terminal)).Append('\n');
        }

        return text.ToString();
    }

    private static string LineOf(string[] cells, List<int> widths, Terminal? terminal)
    {
        var line = new StringBuilder();
        for (var column = 0; column < cells.Length - 1; column++)
        {
            line.Append(cells[column]).Append(' ', widths[column] - TextWidth.Of(cells[column])).Append(Gap);
        }

        return line.Append(terminal is null ? cells[^1] : TextWidth.Cut(cells[^1], widths[^1])).ToString();
    }
}
