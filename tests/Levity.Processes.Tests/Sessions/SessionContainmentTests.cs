namespace Levity.Processes.Tests.Sessions;

public sealed class SessionContainmentTests()
    : ContainmentContract(ContainmentRoot.Open("levity-test", forceSession: true))
{
    [Fact]
    public void It_says_what_it_is()
    {
        Assert.Equal("session", Root.Kind);
        Assert.Equal("session (control groups are not wanted)", Root.Description);
    }
}
