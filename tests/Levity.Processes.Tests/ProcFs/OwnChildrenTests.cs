using Levity.Processes.ProcFs;
using Levity.Processes.Tests.Fixtures;

namespace Levity.Processes.Tests.ProcFs;

public sealed class OwnChildrenTests
{
    [Fact]
    public void Children_are_listed_until_they_are_reaped()
    {
        using var child = StartedProcess.Start(Specs.Of("/bin/true"));
        child.WaitUntilEnded();
        Assert.Contains(child.Pid, List());

        child.WaitForEnd();
        Assert.DoesNotContain(child.Pid, List());
    }

    private static List<int> List()
    {
        var pids = new List<int>();
        Assert.SkipUnless(OwnChildren.TryList(pids), "this kernel does not tell");
        return pids;
    }
}
