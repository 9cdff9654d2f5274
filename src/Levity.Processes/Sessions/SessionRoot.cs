using Levity.Processes.Cgroups;
using Levity.Processes.ProcFs;

namespace Levity.Processes.Sessions;

/// <summary>Does without control groups: for users who may not make any.</summary>
/// <param name="obstacle">Why there are none.</param>
/// <param name="time">The clock.</param>
internal sealed class SessionRoot(string obstacle, TimeProvider time) : ContainmentRoot
{
    private readonly LiveLeaders _leaders = new();

    public override string Kind => "session";

    public override string Description => $"session ({obstacle})";

    public override CgroupLocation? Origin => null;

    public override Containment Create(string taskId, int attempt) => new SessionContainment(taskId, _leaders, obstacle);

    public override int KillLeftovers(Func<string, bool> isOurs)
    {
        var leftovers = new Leftovers(time);
        leftovers.Kill(new MarkedMembers(isOurs));
        leftovers.WaitForEnd();
        return leftovers.Count;
    }

    public override Containment Restore(string taskId, int attempt, ContainmentState state) =>
        SessionContainment.Restore(taskId, _leaders, obstacle, state);

    public override void RemoveOthers(IEnumerable<(string TaskId, int Attempt)> restored)
    {
    }

    // One look at all processes of the machine for all of them.
    public override IReadOnlyList<Measurement?> Measure(IReadOnlyList<Containment> tasks)
    {
        var tree = new ProcTree(ProcTable.Read());
        return [.. tasks.Select(task => ((SessionContainment)task).Measure(tree))];
    }

    public override void Pause()
    {
    }

    public override void Resume()
    {
    }

    public override void Dispose()
    {
    }
}
