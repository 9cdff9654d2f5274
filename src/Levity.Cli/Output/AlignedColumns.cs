namespace Levity.Cli.Output;

/// <summary>A small table as plain text.</summary>
internal static class AlignedColumns
{
    /// <param name="rows">As many cells in each; the first are the heads.</param>
    public static string Of(IReadOnlyList<string[]> rows)
    {
        var cells = rows.Select(row => row.Select(ErrorLine.Escape).ToArray()).ToList();
        var widths = cells[0].Select((_, column) => cells.Max(row => row[column].Length)).ToList();
        return string.Concat(cells.Select(row =>
            string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd() + '\n'));
    }
}
