using Levity.Processes.ProcFs;

namespace Levity.Processes.Sessions;

/// <summary>
/// The processes whose LEVITY_TASK_ID names a task that is ours, and their descendants. Never this process or one that
/// it descends from, which may itself have been started by such a task.
/// </summary>
internal sealed class MarkedMembers(Func<string, bool> isOurs) : MemberSet
{
    internal override void List(List<Member> members)
    {
        var tree = new ProcTree(ProcTable.Read());
        var ancestors = tree.AncestorsOf(Environment.ProcessId);
        foreach (var process in tree.WithDescendants(process =>
            process.Pid != Environment.ProcessId
            && !ancestors.Contains(process.Pid)
            && ProcEnvironment.FindTaskId(process.Pid) is { } taskId
            && isOurs(taskId)))
        {
            if (process.IsAlive)
            {
                members.Add(new Member(process.Pid, process.StartTime));
            }
        }
    }

    internal override bool Confirm(Member member) => member.IsAlive;
}
