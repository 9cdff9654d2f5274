namespace Levity.Protocol.Tests;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0ul)]
    [InlineData("4096", 4096ul)]
    [InlineData("7B", 7ul)]
    [InlineData("64K", 64ul << 10)]
    [InlineData("64k", 64ul << 10)]
    [InlineData("64KB", 64ul << 10)]
    [InlineData("64KiB", 64ul << 10)]
    [InlineData("512M", 512ul << 20)]
    [InlineData("2G", 2ul << 30)]
    [InlineData("3T", 3ul << 40)]
    [InlineData("5P", 5ul << 50)]
    [InlineData("7E", 7ul << 60)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void A_size_is_read(string text, ulong expected)
    {
        Assert.True(ByteSize.TryParse(text, out var bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("B")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5G")]
    [InlineData("1 G")]
    [InlineData(" 1G")]
    [InlineData("1G ")]
    [InlineData("1MM")]
    [InlineData("1Mi")]
    [InlineData("1iB")]
    [InlineData("1BB")]
    [InlineData("1X")]
    [InlineData("0x10")]
    [InlineData("8E")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999")]
    public void What_is_no_size_is_refused(string text) => Assert.False(ByteSize.TryParse(text, out _));
}
