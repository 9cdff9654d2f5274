using Levity.Processes.ProcFs;

namespace Levity.Processes.Cgroups;

/// <summary>The processes of one task, or of all, that are still in the nursery.</summary>
/// <param name="task">Null for everybody there but us.</param>
internal sealed class NurseryMembers(Nursery nursery, Newborn? task) : MemberSet
{
    internal override void List(List<Member> members)
    {
        foreach (var pid in task is null ? nursery.List() : nursery.List(task, out _))
        {
            if (ProcStat.TryRead(pid) is { IsAlive: true } process)
            {
                members.Add(new Member(pid, process.StartTime));
            }
        }
    }

    internal override bool Confirm(Member member) => nursery.Contains(member.Pid);
}
