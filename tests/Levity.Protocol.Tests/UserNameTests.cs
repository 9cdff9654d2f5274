namespace Levity.Protocol.Tests;

public sealed class UserNameTests
{
    [Theory]
    [InlineData("alice")]
    [InlineData("A")]
    [InlineData("0")]
    [InlineData("alice.smith_2@example.org+x-y")]
    [InlineData("a123456789a123456789a123456789a123456789a123456789a123456789a123")]
    public void A_name_reads_back_as_itself(string text)
    {
        Assert.True(UserName.TryParse(text, out var name));

        Assert.Equal(text, name.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" alice")]
    [InlineData("alice smith")]
    [InlineData("-alice")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../alice")]
    [InlineData("alice/bob")]
    [InlineData("alice,CN=bob")]
    [InlineData("alice\0")]
    [InlineData("alice\n")]
    [InlineData("\x1b[31malice")]
    [InlineData("аlice")]
    [InlineData("al\u200bice")]
    [InlineData("ali\u212ae")]
    [InlineData("a123456789a123456789a123456789a123456789a123456789a123456789a1234")]
    public void Nothing_else_is_a_name(string? text)
    {
        Assert.False(UserName.TryParse(text, out var name));

        Assert.Equal("", name.ToString());
    }

    [Fact]
    public void Names_that_differ_in_case_are_different_people()
    {
        Assert.True(UserName.TryParse("alice", out var one));
        Assert.True(UserName.TryParse("Alice", out var other));

        Assert.NotEqual(one, other);
    }
}
