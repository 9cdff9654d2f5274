namespace Levity.Protocol.Tests;

public sealed class TaskNameTests
{
    [Theory]
    [InlineData("web")]
    [InlineData("W")]
    [InlineData("nightly-2026.11_26")]
    [InlineData("2026-11-26")]
    [InlineData("x123456789a123456789a123456789a123456789a123456789a123456789a123")]
    public void A_name_reads_back_as_itself(string text)
    {
        Assert.True(TaskName.TryParse(text, out var name));

        Assert.Equal(text, name.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-web")]
    [InlineData(".web")]
    [InlineData("web server")]
    [InlineData("web/1")]
    [InlineData("web\n")]
    [InlineData("w\u0435b")]
    [InlineData("x123456789a123456789a123456789a123456789a123456789a123456789a1234")]
    public void What_is_no_name(string? text) => Assert.False(TaskName.TryParse(text, out _));

    [Theory]
    [InlineData("1")]
    [InlineData("ada")]
    [InlineData("CAFE")]
    [InlineData("3f2a9b4c-5d6")]
    [InlineData("3F2A9B4C-5D6E-4F70-8A9B-0C1D2E3F4A5B")]
    public void What_an_id_could_begin_with_is_no_name_in_whatever_case(string text)
    {
        Assert.True(TaskName.LooksLikeId(text));
        Assert.False(TaskName.TryParse(text, out _));
    }
}
