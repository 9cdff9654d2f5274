namespace Levity.Protocol.Tests;

public sealed class TaskIdPrefixTests
{
    private const string Id = "3f2a9b4c-5d6e-4f70-8a9b-0c1d2e3f4a5b";

    [Fact]
    public void Each_beginning_of_an_id_is_one_of_it_and_of_no_other()
    {
        for (var length = 1; length <= Id.Length; length++)
        {
            Assert.True(TaskIdPrefix.TryParse(Id[..length], out var prefix), Id[..length]);
            Assert.True(prefix.IsOf(Parse(Id)), Id[..length]);
            if (Id[length - 1] != '-')
            {
                // The same but for its last character.
                var other = Id[..(length - 1)] + (Id[length - 1] == '0' ? '1' : '0') + Id[length..];
                Assert.False(prefix.IsOf(Parse(other)), $"{Id[..length]} of {other}");
            }
        }
    }

    [Theory]
    [InlineData("3f", "3f000000-0000-4000-8000-000000000000", true)]
    [InlineData("3f", "3fffffff-ffff-ffff-ffff-ffffffffffff", true)]
    [InlineData("3f", "40000000-0000-0000-0000-000000000000", false)]
    [InlineData("3f", "3effffff-ffff-ffff-ffff-ffffffffffff", false)]
    public void The_first_and_the_last_id_that_begins_like_it_are_among_them(string text, string id, bool expected)
    {
        Assert.True(TaskIdPrefix.TryParse(text, out var prefix));

        Assert.Equal(expected, prefix.IsOf(Parse(id)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("3F")]
    [InlineData("3g")]
    [InlineData("3f2a9b4c5")]
    [InlineData("3f2a-")]
    [InlineData("3f2a9b4c--")]
    [InlineData(" 3f")]
    [InlineData("3f\n")]
    [InlineData("3f2a9b4c-5d6e-4f70-8a9b-0c1d2e3f4a5b0")]
    public void No_id_begins_like_that(string? text) => Assert.False(TaskIdPrefix.TryParse(text, out _));

    private static TaskId Parse(string text)
    {
        Assert.True(TaskId.TryParse(text, out var id), text);
        return id;
    }
}
