using Levity.Linux;
using Levity.Processes.ProcFs;

namespace Levity.Processes.Sessions;

/// <summary>Keeps a task together by its session, its descent and a variable in its environment.</summary>
internal sealed class SessionContainment(string taskId, LiveLeaders leaders) : Containment
{
    private readonly HashSet<Member> _killed = [];
    private Member _leader;
    private SessionMembers? _members;
    private bool _wasKilled;
    private bool _isOver;

    public override bool IsEmpty
    {
        get
        {
            _isOver = _isOver || _members is null || (_wasKilled ? IsKilledGone() : IsNobodyLeft(_members));
            return _isOver;
        }
    }

    public override void Adopt(int leaderPid)
    {
        // Our child and not reaped, so it has an entry, be it as a zombie.
        _leader = new Member(leaderPid, ProcStat.TryRead(leaderPid)?.StartTime ?? 0);
        _members = new SessionMembers(leaderPid, taskId, leaders);
        leaders.Add(leaderPid, taskId);
    }

    public override void Signal(int signo)
    {
        if (!_wasKilled && !_isOver)
        {
            _members?.Signal(signo, []);
        }
    }

    public override int KillAll()
    {
        // After the first time there is nobody new, and the leader's number may mean somebody else.
        if (_members is null || _wasKilled || _isOver)
        {
            return 0;
        }

        // First those that are easy to catch, in one go; a few rounds for the others.
        var members = new List<Member>();
        _members.List(members);
        ProcessGroup.TrySignal(_leader.Pid, Signals.SIGKILL);
        _killed.UnionWith(members);
        _members.Signal(Signals.SIGKILL, _killed);
        _wasKilled = true;
        return _killed.Count;
    }

    public override void Dispose() => leaders.Remove(_leader.Pid);

    private bool IsKilledGone()
    {
        _killed.RemoveWhere(member => !member.IsAlive);
        return _killed.Count == 0;
    }

    // Nearly always nobody is: our own children, which the leader's would be by now, tell that without a look at
    // every process of the machine.
    private bool IsNobodyLeft(SessionMembers all)
    {
        if (_leader.IsAlive)
        {
            return false;
        }

        var children = new List<int>();
        if (OwnChildren.TryList(children) && children.TrueForAll(leaders.Contains))
        {
            return true;
        }

        var members = new List<Member>();
        all.List(members);
        return members.Count == 0;
    }
}
