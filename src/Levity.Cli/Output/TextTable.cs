using System.Text;

namespace Levity.Cli.Output;

/// <summary>
/// A table: a line for its heads and one for each row. A terminal is left to <see cref="TerminalTable"/>; anywhere else it is
/// plain text in columns as wide as what is in them, and nothing is cut. Nothing in a cell reaches a terminal that it would
/// obey.
/// </summary>
internal sealed class TextTable(params string[] heads)
{
    private const string Gap = "  ";

    // Nobody reads more than this on a screen, and each row that is drawn takes 50 µs: ten times what a plain one does.
    private const int MostDrawn = 2_000;

    private readonly List<Cell[]> _rows = [];

    /// <summary>Whether a terminal shows less of it where there is no room; otherwise a long line goes on in the next.</summary>
    public bool MayBeCut { get; init; }

    /// <summary>A cell with nothing in it is shown as a hyphen: so each line has as many words as there are columns.</summary>
    public void Add(params Cell[] cells) =>
        _rows.Add([.. cells.Select(cell => cell with { Text = cell.Text.Length > 0 ? ErrorLine.Escape(cell.Text) : "-" })]);

    /// <param name="terminal">Null when it goes elsewhere.</param>
    public string Render(Terminal? terminal) =>
        terminal is null || _rows.Count > MostDrawn
            ? RenderPlain()
            : TerminalTable.Render(heads, _rows, terminal.WithColor, MayBeCut ? terminal.Width : int.MaxValue);

    private string RenderPlain()
    {
        var lines = _rows.Select(row => row.Select(cell => cell.Text).ToArray()).Prepend(heads).ToList();
        var widths = heads.Select((_, column) => lines.Max(line => TextWidth.Of(line[column]))).ToList();
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            for (var column = 0; column < line.Length - 1; column++)
            {
                text.Append(line[column]).Append(' ', widths[column] - TextWidth.Of(line[column])).Append(Gap);
            }

            text.Append(line[^1]).Append('\n');
        }

        return text.ToString();
    }
}
