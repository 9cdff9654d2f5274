using System.Globalization;
using System.Text;

namespace Levity.Cli.Output;

/// <summary>
/// Text from elsewhere (a server, a certificate, a file name) made safe for a terminal: one line, and nothing in it
/// that the terminal would obey or that would hide what is written.
/// </summary>
internal static class ErrorLine
{
    public static string Escape(string text) =>
        text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 ? text : EscapeRunes(text);

    private static string EscapeRunes(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '\n':
                    escaped.Append("\\n");
                    break;
                case '\r':
                    escaped.Append("\\r");
                    break;
                case '\t':
                    escaped.Append("\\t");
                    break;
                default:
                    Append(escaped, rune);
                    break;
            }
        }

        return escaped.ToString();
    }

    // Format is there for what turns the writing direction round (U+202E), the separators for U+2028 and U+2029.
    private static void Append(StringBuilder escaped, Rune rune)
    {
        var harmful = Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
        escaped.Append(harmful ? $"\\u{{{rune.Value:x}}}" : rune.ToString());
    }
}
