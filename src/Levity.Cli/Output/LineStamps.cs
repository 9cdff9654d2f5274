using System.Buffers;
using System.Globalization;
using System.Text;
using Google.Protobuf.WellKnownTypes;

namespace Levity.Cli.Output;

/// <summary>
/// Puts a time before each line of a stream: that of its first piece, as RFC 3339 has it, always as long.
/// </summary>
internal sealed class LineStamps
{
    private readonly ArrayBufferWriter<byte> _stamped = new();
    private bool _isWithinLine;

    /// <summary>The next bytes of the stream with the stamps that they need; good until the next call.</summary>
    public ReadOnlySpan<byte> Stamp(ReadOnlySpan<byte> bytes, Timestamp time)
    {
        _stamped.ResetWrittenCount();
        Span<byte> stamp = stackalloc byte[64];
        stamp = stamp[..Encoding.ASCII.GetBytes(TextOf(time), stamp)];
        while (!bytes.IsEmpty)
        {
            if (!_isWithinLine)
            {
                _stamped.Write(stamp);
            }

            var newline = bytes.IndexOf((byte)'\n');
            var piece = newline < 0 ? bytes : bytes[..(newline + 1)];
            _stamped.Write(piece);
            _isWithinLine = newline < 0;
            bytes = bytes[piece.Length..];
        }

        return _stamped.WrittenSpan;
    }

    private static string TextOf(Timestamp time)
    {
        var seconds = DateTimeOffset.FromUnixTimeSeconds(time.Seconds);
        return string.Create(CultureInfo.InvariantCulture, $"{seconds:yyyy-MM-dd'T'HH:mm:ss}.{time.Nanos:D9}Z ");
    }
}
