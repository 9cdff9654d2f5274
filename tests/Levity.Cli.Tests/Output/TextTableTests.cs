using System.Text.RegularExpressions;
using Levity.Cli.Output;

namespace Levity.Cli.Tests.Output;

/// <summary>A table, on a terminal and elsewhere.</summary>
public sealed class TextTableTests
{
    private static readonly Terminal Plain = new(Width: 40, WithColor: false);

    [Theory]
    [InlineData("[red]no markup[/]")]
    [InlineData("[link=http://x]y[/] [[z]")]
    [InlineData("]")]
    public void What_would_be_markup_is_shown_as_it_is(string text)
    {
        Assert.Equal($"NAME\n{text}\n", TableOf(["NAME"], [text]).Render(Plain));
        Assert.Equal($"NAME\n{text}\n", TableOf(["NAME"], [text]).Render(null));
    }

    [Fact]
    public void Nothing_in_it_is_obeyed_by_the_terminal()
    {
        var text = TableOf(["NAME", "COMMAND"], ["\u001b[31m", "\u0007\u202e\n\t\u009b2J"]).Render(Plain);

        Assert.Equal("NAME        COMMAND\n\\u{1b}[31m  \\u{7}\\u{202e}\\n\\t\\u{9b}2J\n", text);
    }

    [Fact]
    public void Characters_that_take_two_columns_do_not_move_what_follows()
    {
        var table = TableOf(["NAME", "AGE"], ["日本", "1d"], ["plain", "2d"]);

        Assert.Equal("NAME   AGE\n日本   1d\nplain  2d\n", table.Render(Plain));
        Assert.Equal(table.Render(Plain), table.Render(null));
    }

    [Fact]
    public void Where_there_is_no_room_some_of_the_last_column_is_not_shown_and_then_some_of_the_widest()
    {
        var row = new[] { "8f2c1a1e-5d6e", new string('n', 40), new string('c', 40) };

        Assert.Equal($"{row[0]}  {row[1]}  cccccccccccccc…", RowOf(row, new Terminal(72, WithColor: false)));
        Assert.Equal($"{row[0]}  {new string('n', 30)}…  ccccccccc…", RowOf(row, new Terminal(58, WithColor: false)));
        Assert.Equal($"{row[0]}  {new string('n', 19)}…  ccccccccc…", RowOf(row, new Terminal(10, WithColor: false)));
        Assert.Equal($"{row[0]}  {row[1]}  {row[2]}", RowOf(row, terminal: null));
        Assert.EndsWith("  日本日本…\n", TableOf(["NAME", "COMMAND"], ["name", "日本日本日本日本"]).Render(new Terminal(16, WithColor: false)));
    }

    [Fact]
    public void A_table_that_is_not_to_be_cut_is_not() => Assert.Equal(
        $"FROM\n{new string('/', 100)}\n", TableOf(["FROM"], mayBeCut: false, [new string('/', 100)]).Render(Plain));

    [Fact]
    public void Color_is_for_terminals_that_have_it()
    {
        var table = new TextTable("STATE");
        table.Add(new Cell("Lost", Tone.Bad));
        table.Add(new Cell("Running", Tone.Good));
        table.Add(new Cell("Signalled", Tone.Changing));

        Assert.Equal(
            "<1>STATE<0>\n<31>Lost<0>\n<32>Running<0>\n<33>Signalled<0>\n",
            Regex.Replace(table.Render(Plain with { WithColor = true }), "\u001b\\[([0-9]+)m", "<$1>"));
        Assert.Equal("STATE\nLost\nRunning\nSignalled\n", table.Render(Plain));
        Assert.Equal("STATE\nLost\nRunning\nSignalled\n", table.Render(null));
    }

    [Fact]
    public void More_rows_than_anybody_reads_are_not_drawn()
    {
        var table = new TextTable("STATE");
        for (var row = 0; row <= 2_000; row++)
        {
            table.Add(new Cell("Running", Tone.Good));
        }

        Assert.Equal(table.Render(null), table.Render(Plain with { WithColor = true }));
    }

    private static string RowOf(string[] row, Terminal? terminal) =>
        TableOf(["ID", "NAME", "COMMAND"], row).Render(terminal).Split('\n')[1];

    private static TextTable TableOf(string[] heads, params string[][] rows) => TableOf(heads, mayBeCut: true, rows);

    private static TextTable TableOf(string[] heads, bool mayBeCut, params string[][] rows)
    {
        var table = new TextTable(heads) { MayBeCut = mayBeCut };
        foreach (var row in rows)
        {
            table.Add([.. row]);
        }

        return table;
    }
}
