using System.Globalization;

namespace Levity.Logs.Format;

/// <summary>Segments are named by the position of their first frame: 16 hexadecimal digits and <c>.log</c>.</summary>
internal static class SegmentName
{
    private const string Suffix = ".log";
    private const int Digits = 16;

    public static string Of(ulong position) => position.ToString("x16", CultureInfo.InvariantCulture) + Suffix;

    public static bool TryParse(string name, out ulong position)
    {
        position = 0;
        return name.Length == Digits + Suffix.Length
            && ulong.TryParse(
                name.AsSpan(0, Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out position)
            && name == Of(position);
    }
}
