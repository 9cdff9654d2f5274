using Levity.Logs.Format;

namespace Levity.Logs.Tests.Format;

public sealed class SegmentNameTests
{
    [Theory]
    [InlineData(0ul, "0000000000000000.log")]
    [InlineData(255ul, "00000000000000ff.log")]
    [InlineData(ulong.MaxValue, "ffffffffffffffff.log")]
    public void A_segment_is_named_by_its_position(ulong position, string name)
    {
        Assert.Equal(name, SegmentName.Of(position));
        Assert.True(SegmentName.TryParse(name, out var parsed));
        Assert.Equal(position, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0.log")]
    [InlineData("00000000000000FF.log")]
    [InlineData("0000000000000000.LOG")]
    [InlineData("0000000000000000.log~")]
    [InlineData(" 000000000000000.log")]
    [InlineData("+000000000000000.log")]
    [InlineData("00000000000000000.log")]
    public void Any_other_name_is_no_segment(string name) => Assert.False(SegmentName.TryParse(name, out _));
}
