using System.Globalization;
using System.Text.RegularExpressions;

namespace Levity.Protocol;

/// <summary>
/// Sizes as people write them: <c>512M</c>, <c>2G</c>, <c>64KiB</c>, <c>4096</c>. Units are powers of 1024.
/// </summary>
public static partial class ByteSize
{
    private const string Units = "KMGTPE";

    /// <summary>Reads a size that fits into a signed 64-bit number; false for everything else.</summary>
    public static bool TryParse(string text, out ulong bytes)
    {
        bytes = 0;
        var match = Form().Match(text);
        var shift = 10 * (match.Groups["unit"] is { Success: true, Value: var unit }
            ? Units.IndexOf(char.ToUpperInvariant(unit[0])) + 1
            : 0);
        if (!ulong.TryParse(
                match.Groups["number"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number > (ulong)long.MaxValue >> shift)
        {
            return false;
        }

        bytes = number << shift;
        return true;
    }

    [GeneratedRegex(@"\A(?<number>[0-9]+)((?<unit>[KMGTPEkmgtpe])(i?B)?|B)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
