using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Levity.Cli.Authority;

/// <summary>
/// A certificate's serial number: 16 random bytes, the first of 01 to 7F, so that every tool shows the same 32 digits
/// (DER puts a zero before a higher first byte, and takes away a first byte of zero).
/// </summary>
internal readonly record struct SerialNumber
{
    private const int Size = 16;

    private readonly string? _digits;

    private SerialNumber(string digits) => _digits = digits;

    public static SerialNumber New()
    {
        var bytes = RandomNumberGenerator.GetBytes(Size);
        bytes[0] = (byte)RandomNumberGenerator.GetInt32(0x01, 0x80);
        return new SerialNumber(Convert.ToHexString(bytes));
    }

    /// <summary>Reads it as openssl prints it: 32 hexadecimal digits of either case, with or without colons.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SerialNumber serial)
    {
        var digits = text?.Replace(":", "", StringComparison.Ordinal).ToUpperInvariant() ?? "";
        var isSerial = digits.Length == 2 * Size && digits.All(char.IsAsciiHexDigitUpper) && digits[0] <= '7'
            && !digits.StartsWith("00", StringComparison.Ordinal);
        serial = isSerial ? new SerialNumber(digits) : default;
        return isSerial;
    }

    public byte[] ToByteArray() => Convert.FromHexString(ToString());

    public override string ToString() => _digits ?? "";
}
