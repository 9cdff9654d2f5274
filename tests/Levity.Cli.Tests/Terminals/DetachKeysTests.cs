using System.Text;
using Levity.Cli.Terminals;

namespace Levity.Cli.Tests.Terminals;

public sealed class DetachKeysTests
{
    [Theory]
    [InlineData("ctrl-p,ctrl-q", "\u0010\u0011")]
    [InlineData("ctrl-],d", "\u001dd")]
    [InlineData("ctrl-@,ctrl-_,ctrl-[,ctrl-\\", "\0\u001f\u001b\u001c")]
    [InlineData("q", "q")]
    public void Keys_are_found_wherever_they_begin_and_however_they_arrive(string names, string keys)
    {
        Assert.Equal(("ab\r", true), Type(names, $"ab\r{keys}rest"));
        Assert.Equal(("", true), Type(names, [.. keys.Select(key => $"{key}")]));
    }

    [Fact]
    public void What_is_held_back_passes_when_it_goes_on_otherwise()
    {
        Assert.Equal(("\u0010x", false), Type("ctrl-p,ctrl-q", "\u0010", "x"));
        Assert.Equal(("\u0010", true), Type("ctrl-p,ctrl-q", "\u0010\u0010\u0011"));
        Assert.Equal(("", false), Type("ctrl-p,ctrl-q", "\u0010"));
    }

    [Fact]
    public void Without_keys_all_passes() => Assert.Equal(("\u0010\u0011", false), Type("", "\u0010\u0011"));

    [Theory]
    [InlineData("ctrl-1")]
    [InlineData("ctrl-")]
    [InlineData("ctrl")]
    [InlineData("a,")]
    [InlineData(",")]
    [InlineData("ä")]
    [InlineData("ctrl-p ctrl-q")]
    public void What_is_no_key_is_refused(string names) => Assert.False(DetachKeys.TryParse(names, out _));

    private static (string Passed, bool Detaches) Type(string names, params string[] typed)
    {
        Assert.True(DetachKeys.TryParse(names, out var keys));
        var passed = new List<byte>();
        var detaches = false;
        foreach (var part in typed)
        {
            Assert.False(detaches);
            detaches = keys.Take(Encoding.UTF8.GetBytes(part), passed);
        }

        return (Encoding.UTF8.GetString([.. passed]), detaches);
    }
}
