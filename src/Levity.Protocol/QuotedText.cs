using System.Text;

namespace Levity.Protocol;

/// <summary>Somebody's input as it may stand in a message or a log.</summary>
public static class QuotedText
{
    private const int LongestEcho = 64;

    /// <returns>It is short, and everything is escaped that is not plain text.</returns>
    public static string Of(string text)
    {
        var quoted = new StringBuilder("'");
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, LongestEcho)))
        {
            quoted.Append(c is >= ' ' and <= '~' and not ('\\' or '\'') ? c.ToString() : $"\\u{(int)c:x4}");
        }

        return quoted.Append(text.Length > LongestEcho ? $"…' ({text.Length} characters)" : "'").ToString();
    }
}
