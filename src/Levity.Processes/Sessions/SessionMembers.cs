using Levity.Processes.ProcFs;

namespace Levity.Processes.Sessions;

/// <summary>
/// The processes of one task, known by three signs: they are in the session that its leader made; or they descend from
/// such a one; or they are orphans, which are our children since we are the subreaper, and have the task's id in their
/// environment. An orphan that shows no sign at all belongs to the task if there is no other.
/// </summary>
internal sealed class SessionMembers(int leaderPid, string taskId, LiveLeaders leaders) : MemberSet
{
    internal override void List(List<Member> members)
    {
        foreach (var process in new ProcTree(ProcTable.Read()).WithDescendants(IsOurs))
        {
            if (process.IsAlive)
            {
                members.Add(new Member(process.Pid, process.StartTime));
            }
        }
    }

    internal override bool Confirm(Member member) => member.IsAlive;

    // As long as the leader has not been reaped nobody else can make a session of that number.
    private bool IsOurs(ProcStat process) =>
        process.Session == leaderPid || (IsOrphan(process) && IsOrphanOurs(process));

    private bool IsOrphan(ProcStat process) =>
        process.ParentPid == Environment.ProcessId && !leaders.Contains(process.Pid) && process.IsAlive;

    private bool IsOrphanOurs(ProcStat orphan)
    {
        var named = ProcEnvironment.FindTaskId(orphan.Pid);
        return named == taskId
            || ((named is null || !leaders.HasTask(named)) && !leaders.Contains(orphan.Session) && leaders.Count == 1);
    }
}
