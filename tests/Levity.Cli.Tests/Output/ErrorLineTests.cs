using Levity.Cli.Output;

namespace Levity.Cli.Tests.Output;

public sealed class ErrorLineTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("héllo … 世界 👍", "héllo … 世界 👍")]
    [InlineData("two\nlines\r\n\tend", "two\\nlines\\r\\n\\tend")]
    [InlineData("\u001b[31mred\u0007", "\\u{1b}[31mred\\u{7}")]
    [InlineData("c1\u009b31m", "c1\\u{9b}31m")]
    [InlineData("\u007f", "\\u{7f}")]
    [InlineData("abc\u202edcba", "abc\\u{202e}dcba")]
    [InlineData("line\u2028separator", "line\\u{2028}separator")]
    [InlineData("zero\u200bwidth", "zero\\u{200b}width")]
    public void Nothing_in_a_line_reaches_the_terminal_as_a_command(string text, string expected) =>
        Assert.Equal(expected, ErrorLine.Escape(text));

    [Fact]
    public void Half_a_character_becomes_a_replacement_character() =>
        Assert.Equal("a\ufffdb", ErrorLine.Escape("a\ud83db"));
}
