using Levity.Linux;
using Levity.Processes.ProcFs;

namespace Levity.Processes.Sessions;

/// <summary>Keeps a task together by its session, its descent and a variable in its environment.</summary>
/// <param name="taskId">Its id.</param>
/// <param name="leaders">Of all tasks.</param>
/// <param name="obstacle">Why it is not kept together by a control group.</param>
internal sealed class SessionContainment(string taskId, LiveLeaders leaders, string obstacle) : Containment
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

    public override string? Limit(ResourceLimits limits, out IReadOnlyList<string> entries)
    {
        entries = [];
        return $"limits need control groups, and the server's supervisor has none ({obstacle}): its operator can run it as a "
            + "service of its own with Delegate=yes, or as root on a machine with cgroup v2";
    }

    public override void Adopt(int leaderPid)
    {
        // Our child and not reaped, so it has an entry, be it as a zombie.
        _leader = new Member(leaderPid, ProcStat.TryRead(leaderPid)?.StartTime ?? 0);
        _members = new SessionMembers(_leader, taskId, leaders);
        leaders.Add(leaderPid, taskId);
    }

    internal static SessionContainment Restore(
        string taskId, LiveLeaders leaders, string obstacle, ContainmentState state)
    {
        var restored = new SessionContainment(taskId, leaders, obstacle)
        {
            _leader = state.Leader,
            _members = new SessionMembers(state.Leader, taskId, leaders),
            _wasKilled = state.IsSettled,
        };
        restored._killed.UnionWith(state.Killed);
        leaders.Add(state.Leader.Pid, taskId);
        return restored;
    }

    public override ContainmentState Save() => new()
    {
        Leader = _leader,
        Place = ContainmentPlace.Nursery,
        IsSettled = _wasKilled,
        Killed = _killed,
    };

    public override void Signal(int signo, bool wakes)
    {
        if (!_wasKilled && !_isOver)
        {
            _members?.Signal(signo, [], wakes);
        }
    }

    public override int KillAll()
    {
        if (_members is null || _wasKilled || _isOver)
        {
            return 0;
        }

        var before = _killed.Count;
        KillGroup(_members);
        _wasKilled = _members.Signal(Signals.SIGKILL, _killed);
        return _killed.Count - before;
    }

    /// <summary>
    /// By any thread. Orphans that have left the session are not counted: to tell whose they are takes what only the
    /// thread of the task's life knows.
    /// </summary>
    internal Measurement? Measure(ProcTree tree)
    {
        var leader = _leader;
        var pids = tree.WithDescendants(process => process.Session == leader.Pid && process.StartTime >= leader.StartTime)
            .Where(process => process.IsAlive)
            .Select(process => process.Pid)
            .ToList();
        return pids.Count > 0 && ProcTotal.Of(pids) is { } sum
            ? new Measurement(sum.User, sum.System, sum.ResidentBytes, MemoryPeakBytes: null, pids.Count)
            : null;
    }

    public override void Dispose() => leaders.Remove(_leader.Pid);

    // In one go, so that those who have stayed in the leader's group cannot outrun us.
    private void KillGroup(SessionMembers all)
    {
        if (ProcStat.TryRead(_leader.Pid)?.StartTime == _leader.StartTime)
        {
            var members = new List<Member>();
            all.List(members);
            _killed.UnionWith(members);
            ProcessGroup.TrySignal(_leader.Pid, Signals.SIGKILL);
        }
    }

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
