using Levity.Processes.ProcFs;

namespace Levity.Processes.Cgroups;

/// <summary>The processes in a control group and below it.</summary>
internal sealed class CgroupMembers(Cgroup cgroup) : MemberSet
{
    internal override void List(List<Member> members)
    {
        var pids = new List<int>();
        cgroup.ListProcesses(pids);
        foreach (var pid in pids)
        {
            if (ProcStat.TryRead(pid) is { IsAlive: true } process)
            {
                members.Add(new Member(pid, process.StartTime));
            }
        }
    }

    internal override bool Confirm(Member member) => cgroup.Contains(member.Pid);
}
