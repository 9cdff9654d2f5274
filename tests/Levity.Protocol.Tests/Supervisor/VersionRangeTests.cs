using Levity.Protocol.Supervisor;

namespace Levity.Protocol.Tests.Supervisor;

public sealed class VersionRangeTests
{
    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(1, 2, 1, 1, 1)]
    [InlineData(1, 2, 2, 3, 2)]
    [InlineData(1, 4, 2, 3, 3)]
    public void Two_programs_use_the_newest_version_that_both_speak(
        uint oldest, uint newest, uint otherOldest, uint otherNewest, uint common)
    {
        var (one, other) = (new VersionRange(oldest, newest), new VersionRange(otherOldest, otherNewest));

        Assert.Equal(common, one.NewestCommon(other));
        Assert.Equal(common, other.NewestCommon(one));
    }

    [Theory]
    [InlineData(1, 1, 2, 2)]
    [InlineData(2, 3, 4, 9)]
    [InlineData(1, 9, 0, 0)]
    public void Without_a_common_version_there_is_none(
        uint oldest, uint newest, uint otherOldest, uint otherNewest)
    {
        var (one, other) = (new VersionRange(oldest, newest), new VersionRange(otherOldest, otherNewest));

        Assert.Null(one.NewestCommon(other));
        Assert.Null(other.NewestCommon(one));
    }

    [Fact]
    public void A_levityd_that_names_no_oldest_version_speaks_one_only() =>
        Assert.Equal(new VersionRange(3, 3), VersionRange.Of(new Hello { ProtocolVersion = 3 }));

    [Fact]
    public void An_oldest_version_after_the_newest_is_no_version() =>
        Assert.Null(ControlProtocol.Versions.NewestCommon(new VersionRange(uint.MaxValue, 1)));
}
