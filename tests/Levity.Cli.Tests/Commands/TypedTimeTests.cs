using Levity.Cli.Commands;

namespace Levity.Cli.Tests.Commands;

public sealed class TypedTimeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 18, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-11-25T17:45:00Z", "2026-11-25T17:45:00Z")]
    [InlineData("2026-11-25T17:45:00.5Z", "2026-11-25T17:45:00.500Z")]
    [InlineData("2026-11-25T17:45:00.123456789Z", "2026-11-25T17:45:00.123456789Z")]
    [InlineData("2026-11-25T17:45:00.000000001+01:30", "2026-11-25T16:15:00.000000001Z")]
    [InlineData("2026-11-25T00:00:00-01:00", "2026-11-25T01:00:00Z")]
    [InlineData("5m", "2026-11-25T17:55:00Z")]
    [InlineData("1h30m", "2026-11-25T16:30:00Z")]
    [InlineData("0", "2026-11-25T18:00:00Z")]
    public void A_time_is_read(string text, string expected)
    {
        Assert.True(TypedTime.TryParse(text, Now, out var time));
        Assert.Equal($"\"{expected}\"", time.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("17:45")]
    [InlineData("2026-11-25")]
    [InlineData("2026-11-25T17:45:00")]
    [InlineData("2026-11-25 17:45:00Z")]
    [InlineData("2026-11-25T17:45:00z")]
    [InlineData("2026-13-25T17:45:00Z")]
    [InlineData("2026-11-25T25:45:00Z")]
    [InlineData("2026-11-25T17:45:00.Z")]
    [InlineData("2026-11-25T17:45:00.1234567890Z")]
    [InlineData("2026-11-25T17:45:00+0100")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("-5m")]
    [InlineData("5")]
    [InlineData("5m ")]
    public void What_is_no_time_is_refused(string text) => Assert.False(TypedTime.TryParse(text, Now, out _));
}
