using System.Text;
using Levity.Cli.Terminals;

namespace Levity.Cli.Tests.Terminals;

public sealed class ScreenModesTests
{
    private const string Plain = "\u001b[0m";

    [Theory]
    [InlineData("", "")]
    [InlineData("plain text, \u001b[1;31mred\u001b[0m", "")]
    [InlineData("\u001b[?1049h\u001b[?25l", "\u001b[?25h\u001b[?1049l")]
    [InlineData("\u001b[?1049h\u001b[?1049l", "")]
    [InlineData("\u001b[?25l\u001b[?25h", "")]
    [InlineData("\u001b[?1000;1006h", "\u001b[?1000l\u001b[?1006l")]
    [InlineData("\u001b[?2004h\u001b[2004l\u001b[?x2004l", "\u001b[?2004l")]
    [InlineData("\u001b[\u001b[?7l", "\u001b[?7h")]
    [InlineData("\u001b[?99999999999999h", "")]
    public void What_was_switched_on_is_switched_off_and_nothing_else(string printed, string undo)
    {
        foreach (var size in (int[])[1, 3, int.MaxValue])
        {
            var modes = new ScreenModes();
            foreach (var part in Encoding.ASCII.GetBytes(printed).Chunk(size))
            {
                modes.Observe(part);
            }

            Assert.Equal(undo.Length > 0 ? undo + Plain : "", Encoding.ASCII.GetString(modes.Undo()));
        }
    }

    [Fact]
    public void Once_it_is_undone_it_is_forgotten()
    {
        var modes = new ScreenModes();
        modes.Observe("\u001b[?1049h"u8);
        modes.Undo();

        Assert.Empty(modes.Undo());
    }
}
