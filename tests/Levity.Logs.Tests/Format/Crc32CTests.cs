using Levity.Logs.Format;

namespace Levity.Logs.Tests.Format;

public sealed class Crc32CTests
{
    [Fact]
    public void It_is_the_checksum_of_the_standard()
    {
        // RFC 3720, B.4, as numbers; the first is the check value of the catalogues.
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Of(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0u, Crc32C.Of([]));
    }

    [Fact]
    public void Lanes_change_nothing_at_any_length_or_offset()
    {
        var bytes = new byte[20_000];
        new Random(5).NextBytes(bytes);
        foreach (var length in (int[])[1, 7, 8, 3071, 3072, 3073, 3080, 6144, 6151, 9999, 19_990])
        {
            for (var offset = 0; offset < 9; offset++)
            {
                var data = bytes.AsSpan(offset, length);
                Assert.Equal(BitByBit(data), Crc32C.Of(data));
            }
        }
    }

    [Fact]
    public void A_checksum_may_be_made_in_parts()
    {
        var bytes = new byte[10_000];
        new Random(6).NextBytes(bytes);
        var state = Crc32C.Append(Crc32C.Append(Crc32C.Begin, bytes.AsSpan(0, 4321)), bytes.AsSpan(4321));

        Assert.Equal(Crc32C.Of(bytes), Crc32C.Finish(state));
    }

    /// <summary>The definition: one bit at a time, with the polynomial 1EDC6F41 reflected.</summary>
    internal static uint BitByBit(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78u);
            }
        }

        return ~crc;
    }
}
