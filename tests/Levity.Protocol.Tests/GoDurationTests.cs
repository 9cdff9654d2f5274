namespace Levity.Protocol.Tests;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0", "00:00:00")]
    [InlineData("0s", "00:00:00")]
    [InlineData("5s", "00:00:05")]
    [InlineData("1m30s", "00:01:30")]
    [InlineData("1.5h", "01:30:00")]
    [InlineData("500ms", "00:00:00.5")]
    [InlineData("1h2m3s4ms", "01:02:03.004")]
    [InlineData("3s2m", "00:02:03")]
    [InlineData("250us", "00:00:00.00025")]
    [InlineData("250µs", "00:00:00.00025")]
    [InlineData("100ns", "00:00:00.0000001")]
    [InlineData("0.5m", "00:00:30")]
    [InlineData("0007s", "00:00:07")]
    [InlineData("168h", "7.00:00:00")]
    [InlineData("8784h", "366.00:00:00")]
    public void A_duration_is_numbers_with_units(string text, string expected)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.Parse(expected), duration);
    }

    [Theory]
    [InlineData("00:00:00", "0s")]
    [InlineData("00:00:05", "5s")]
    [InlineData("00:01:30", "1m30s")]
    [InlineData("01:00:00", "1h0m0s")]
    [InlineData("7.00:00:01", "168h0m1s")]
    [InlineData("00:00:00.5", "500ms")]
    [InlineData("00:00:01.5", "1.5s")]
    [InlineData("00:00:00.0000005", "0.001ms")]
    [InlineData("00:00:00.000012", "0.012ms")]
    [InlineData("00:00:00.9999996", "1s")]
    [InlineData("00:00:59.9996", "1m0s")]
    [InlineData("00:00:01.2344", "1.234s")]
    [InlineData("-00:00:01.5", "-1.5s")]
    public void A_duration_is_written_as_it_would_be_read(string duration, string expected)
    {
        var text = GoDuration.Format(TimeSpan.Parse(duration));

        Assert.Equal(expected, text);
        Assert.Equal(expected[0] != '-', GoDuration.TryParse(text, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("00")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("+5s")]
    [InlineData("1m30")]
    [InlineData("1.s")]
    [InlineData(".5s")]
    [InlineData("1,5s")]
    [InlineData("1..5s")]
    [InlineData("1e3s")]
    [InlineData("5 s")]
    [InlineData(" 5s")]
    [InlineData("5s ")]
    [InlineData("5s\n")]
    [InlineData("5S")]
    [InlineData("5sec")]
    [InlineData("5d")]
    [InlineData("00:00:05")]
    [InlineData("PT5S")]
    [InlineData("٥s")]
    [InlineData("off")]
    [InlineData("8785h")]
    [InlineData("8784h1s")]
    [InlineData("99999999999999999999999999999999h")]
    public void Nothing_else_is_a_duration(string text)
    {
        Assert.False(GoDuration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.Zero, duration);
    }

    [Fact]
    public void A_number_too_long_for_any_type_is_refused() =>
        Assert.False(GoDuration.TryParse(new string('9', 10_000) + "s", out _));

    [Fact]
    public void Whole_milliseconds_are_exact()
    {
        for (var milliseconds = 0; milliseconds <= 100_000; milliseconds++)
        {
            Assert.True(GoDuration.TryParse($"{milliseconds}ms", out var whole));
            Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), whole);
            Assert.True(GoDuration.TryParse($"{milliseconds / 1000}.{milliseconds % 1000:000}s", out var fraction));
            Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), fraction);
        }
    }
}
