using Levity.Cli.Authority;

namespace Levity.Cli.Tests.Authority;

public sealed class SerialNumberTests
{
    [Fact]
    public void New_ones_differ_are_16_bytes_and_positive()
    {
        var serials = Enumerable.Range(0, 10_000).Select(_ => SerialNumber.New()).ToList();

        Assert.Equal(serials.Count, serials.Distinct().Count());
        Assert.All(serials, serial => Assert.Equal(16, serial.ToByteArray().Length));
        Assert.All(serials, serial => Assert.InRange(serial.ToByteArray()[0], 0x01, 0x7f));
    }

    [Fact]
    public void One_is_read_as_openssl_prints_it()
    {
        var serial = SerialNumber.New();
        var text = serial.ToString();
        var withColons = string.Join(':', text.Chunk(2).Select(pair => new string(pair)));

        foreach (var form in new[] { text, text.ToLowerInvariant(), withColons })
        {
            Assert.True(SerialNumber.TryParse(form, out var read));
            Assert.Equal(serial, read);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("alice")]
    [InlineData("1234")]
    [InlineData("0012345678901234567890123456789A")]
    [InlineData("8012345678901234567890123456789A")]
    [InlineData("1012345678901234567890123456789G")]
    [InlineData("1012345678901234567890123456789A1")]
    public void Nothing_else_is_one(string? text) => Assert.False(SerialNumber.TryParse(text, out _));
}
