using Levity.Processes.ProcFs;

namespace Levity.Processes.Tests.ProcFs;

public sealed class ProcTreeTests
{
    // 1 → 2 → 4 → 5, 1 → 3
    private readonly ProcTree _tree = new([Of(1, 0), Of(2, 1), Of(3, 1), Of(4, 2), Of(5, 4)]);

    [Fact]
    public void Descendants_come_with_their_ancestors()
    {
        Assert.Equal([2, 4, 5], Numbers(_tree.WithDescendants(process => process.Pid is 2 or 4)));
        Assert.Equal([3], Numbers(_tree.WithDescendants(process => process.Pid == 3)));
        Assert.Empty(_tree.WithDescendants(_ => false));
    }

    [Fact]
    public void Ancestors_are_all_up_to_the_root()
    {
        Assert.Equal([0, 1, 2, 4], _tree.AncestorsOf(5).Order());
        Assert.Empty(_tree.AncestorsOf(99));
    }

    [Fact]
    public void A_circle_ends()
    {
        // A number given twice while the table was read may make one.
        var circle = new ProcTree([Of(7, 8), Of(8, 7)]);

        Assert.Equal([7, 8], Numbers(circle.WithDescendants(process => process.Pid == 7)));
        Assert.Equal([7, 8], circle.AncestorsOf(7).Order());
    }

    private static ProcStat Of(int pid, int parent) => new(pid, parent, 0, IsAlive: true, IsKernelThread: false, 0);

    private static IEnumerable<int> Numbers(IEnumerable<ProcStat> processes) =>
        processes.Select(process => process.Pid).Order();
}
