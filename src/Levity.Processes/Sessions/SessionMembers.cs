using Levity.Processes.ProcFs;

namespace Levity.Processes.Sessions;

/// <summary>
/// The processes of one task, known by three signs: they are in the session that its leader made; or they descend from
/// such a one; or they are orphans, which are our children since we are the subreaper, and have the task's id in their
/// environment. An orphan that shows no sign at all belongs to the task if there is no other.
/// </summary>
internal sealed class SessionMembers(Member leader, string taskId, LiveLeaders leaders) : MemberSet
{
    internal override void List(List<Member> members)
    {
        var table = ProcTable.Read();

        // As long as the leader has not been reaped nobody else can make a session of that number.
        var hasLeader = table.Exists(process => process.Pid == leader.Pid && process.StartTime == leader.StartTime);
        foreach (var process in new ProcTree(table).WithDescendants(
            process => (hasLeader && process.Session == leader.Pid) || (IsOrphan(process) && IsOrphanOurs(process))))
        {
            if (process.IsAlive)
            {
                members.Add(new Member(process.Pid, process.StartTime));
            }
        }
    }

    internal override bool Confirm(Member member) => member.IsAlive;

    private bool IsOrphan(ProcStat process) =>
        process.ParentPid == Environment.ProcessId && !leaders.Contains(process.Pid) && process.IsAlive;

    private bool IsOrphanOurs(ProcStat orphan)
    {
        var named = ProcEnvironment.FindTaskId(orphan.Pid);
        return named == taskId
            || ((named is null || !leaders.HasTask(named)) && !leaders.Contains(orphan.Session) && leaders.Count == 1);
    }
}
