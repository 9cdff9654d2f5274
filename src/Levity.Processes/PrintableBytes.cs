using System.Globalization;
using System.Text;

namespace Levity.Processes;

/// <summary>Bytes as text that is safe to print: what is not printable UTF-8 stands as \xNN.</summary>
internal static class PrintableBytes
{
    private const int MaxBytes = 1024;

    internal static string Escape(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        for (var rest = bytes[..Math.Min(bytes.Length, MaxBytes)]; !rest.IsEmpty;)
        {
            var valid = Rune.DecodeFromUtf8(rest, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (valid && rune.Value == '\\')
            {
                text.Append(@"\\");
            }
            else if (valid && IsPrintable(rune))
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (var value in rest[..length])
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
                }
            }

            rest = rest[length..];
        }

        return bytes.Length > MaxBytes ? text.Append('…').ToString() : text.ToString();
    }

    // Format characters can turn the writing direction, separators can break a line.
    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
