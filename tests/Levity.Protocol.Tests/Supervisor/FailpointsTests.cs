using Levity.Protocol.Supervisor;

namespace Levity.Protocol.Tests.Supervisor;

public sealed class FailpointsTests
{
    [Fact]
    public void Each_step_is_due_at_the_time_that_was_named_and_never_again()
    {
        var plan = Parse("StartRecorded=kill@3,ExitSealed=kill@1");

        Assert.Equal([false, false, true, false, false], Passing(plan, Failpoint.StartRecorded, times: 5));
        Assert.Equal([true, false], Passing(plan, Failpoint.ExitSealed, times: 2));
        Assert.Equal([false, false], Passing(plan, Failpoint.StartAsked, times: 2));
    }

    [Fact]
    public void Every_step_can_be_named()
    {
        foreach (var step in Enum.GetValues<Failpoint>())
        {
            Assert.Equal([true], Passing(Parse($"{step}=kill@1"), step, times: 1));
        }
    }

    [Fact]
    public void Without_the_variable_nothing_is_armed()
    {
        Assert.True(Failpoints.TryParse(null, out var plan, out _));
        Assert.Null(plan);

        Failpoints.Pass(Failpoint.StartAsked);
    }

    [Theory]
    [InlineData("StartRecordet=kill@3", "'StartRecordet=kill@3'")]
    [InlineData("startrecorded=kill@3", "'startrecorded=kill@3'")]
    [InlineData("1=kill@3", "'1=kill@3'")]
    [InlineData("StartRecorded", "'StartRecorded'")]
    [InlineData("StartRecorded=sleep@3", "'StartRecorded=sleep@3'")]
    [InlineData("StartRecorded=kill@1,", "''")]
    [InlineData(" StartRecorded=kill@1", "' StartRecorded=kill@1'")]
    public void An_item_that_is_no_failpoint_is_named_with_all_that_there_are(string setting, string named)
    {
        Assert.False(Failpoints.TryParse(setting, out var plan, out var problem));
        Assert.Null(plan);
        Assert.StartsWith($"{named} in LEVITY_FAILPOINTS is not a failpoint", problem, StringComparison.Ordinal);
        Assert.All(Enum.GetNames<Failpoint>(), step => Assert.Contains(step, problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("StartRecorded=kill@")]
    [InlineData("StartRecorded=kill@0")]
    [InlineData("StartRecorded=kill@-1")]
    [InlineData("StartRecorded=kill@1.5")]
    [InlineData("StartRecorded=kill@99999999999")]
    [InlineData("StartRecorded=kill@1,StartRecorded=kill@2")]
    public void A_time_that_is_none_or_a_second_one_is_refused(string setting)
    {
        Assert.False(Failpoints.TryParse(setting, out _, out var problem));
        Assert.Contains("does not say when", problem, StringComparison.Ordinal);
    }

    private static Failpoints Parse(string setting)
    {
        Assert.True(Failpoints.TryParse(setting, out var plan, out var problem), problem);
        return plan!;
    }

    private static bool[] Passing(Failpoints plan, Failpoint step, int times) =>
        [.. Enumerable.Range(0, times).Select(_ => plan.IsDue(step))];
}
