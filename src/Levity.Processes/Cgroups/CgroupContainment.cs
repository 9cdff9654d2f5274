using Levity.Linux;
using Levity.Processes.Cgroups.Limits;
using Levity.Processes.ProcFs;

namespace Levity.Processes.Cgroups;

/// <summary>
/// Keeps a task together by a control group. The task begins in the nursery; the mover takes it into a group of its own
/// once it has lived for a while, with all that it has started by then.
/// </summary>
internal sealed class CgroupContainment(
    string taskId, Cgroup cgroup, Nursery nursery, CgroupMover mover, ControllerRoot controllers) : Containment
{
    // A task that forks without end can outrun us for ever, and somebody may be waiting for the lock.
    private const int MaxRounds = 4;

    // Guards what follows. The loop's thread and the mover's meet here.
    private readonly Lock _gate = new();
    private readonly HashSet<Member> _killed = [];
    private Newborn? _newborn;
    private ContainmentPlace _place = ContainmentPlace.Nursery;
    private bool _isDisposed;
    private TaskLimits _limits = TaskLimits.None;

    // Nothing may be moved any more: the leader's number is about to be free for others. Read by the mover at work.
    private volatile bool _settled;

    public override bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                var isEmpty = (_place == ContainmentPlace.Own || _newborn is null || nursery.List(_newborn, out _).Count == 0)
                    && (_place == ContainmentPlace.Nursery || !cgroup.IsPopulated);

                // Nobody can come after nobody.
                _settled |= isEmpty && _newborn is not null;
                return isEmpty;
            }
        }
    }

    public override bool? OutOfMemory
    {
        get
        {
            lock (_gate)
            {
                return _place == ContainmentPlace.Nursery ? null : _limits.OutOfMemory ?? cgroup.OutOfMemory;
            }
        }
    }

    /// <summary>By any thread: what it is about may change, or go, while it is measured.</summary>
    internal Measurement? Measure()
    {
        ContainmentPlace place;
        Newborn? newborn;
        lock (_gate)
        {
            (place, newborn) = (_place, _newborn);
        }

        var here = place == ContainmentPlace.Own || newborn is null ? [] : nursery.List(newborn, out _);
        if (place == ContainmentPlace.Nursery)
        {
            return Sum(here, new Measurement(default, default, MemoryBytes: null, MemoryPeakBytes: null, Processes: 0));
        }

        var own = new List<int>();
        cgroup.ListProcesses(own);
        if (cgroup.ReadProcessorTime() is not var (user, system))
        {
            return null;
        }

        // What it used in the nursery, for the first milliseconds, is the nursery's. A group is asked for memory only where
        // the task began in it: what it had taken elsewhere stays charged there (cgroup-v2.rst, "Memory Ownership").
        var memory = _limits.MemoryNow ?? ProcTotal.Of(own)?.ResidentBytes;
        var counted = new Measurement(user, system, memory, _limits.MemoryPeak, own.Count);
        return here.Count == 0 ? counted : Sum(here, counted);
    }

    private NurseryMembers? NurseryMembers => _newborn is null ? null : new NurseryMembers(nursery, _newborn);

    public override bool IsLimited => _limits.Groups.Count > 0;

    public override LimitUsage LimitUsage => _limits.Usage;

    /// <summary>
    /// The leader enters its own group by itself then, and the mover finds it there. Until then it is in the nursery, like
    /// all others.
    /// </summary>
    public override string? Limit(ResourceLimits limits, out IReadOnlyList<string> entries)
    {
        lock (_gate)
        {
            entries = [];
            var errno = cgroup.Make();
            if (errno != 0)
            {
                return $"{cgroup.Location.Directory} cannot be made ({Errno.Describe(errno)})";
            }

            _place = ContainmentPlace.Both;
            var name = Path.GetFileName(cgroup.Location.Directory);
            if (controllers.Make(name, cgroup, limits, out _limits) is { } obstacle)
            {
                return obstacle;
            }

            entries = [.. _limits.OwnGroups.Append(cgroup).Select(group => group.EntryFile)];
            return null;
        }
    }

    public override void Adopt(int leaderPid)
    {
        lock (_gate)
        {
            _newborn = new Newborn(leaderPid, taskId);
            nursery.EndBirth(_newborn);
        }

        mover.EnterLater(this);
    }

    internal static CgroupContainment Restore(
        string taskId,
        Cgroup cgroup,
        Nursery nursery,
        CgroupMover mover,
        ControllerRoot controllers,
        ContainmentState state)
    {
        var restored = new CgroupContainment(taskId, cgroup, nursery, mover, controllers)
        {
            _limits = ControllerRoot.Restore(state.Limits, cgroup),
            _newborn = new Newborn(state.Leader.Pid, taskId),
            _place = state.Place,
            _settled = state.IsSettled,
        };
        restored._killed.UnionWith(state.Killed);
        if (state.Place != ContainmentPlace.Own)
        {
            nursery.Add(restored._newborn);
            mover.EnterLater(restored);
        }

        return restored;
    }

    // Control groups tell by themselves who is meant: the start time is not asked for.
    public override ContainmentState Save()
    {
        lock (_gate)
        {
            return new ContainmentState
            {
                Leader = new Member(_newborn?.LeaderPid ?? 0, StartTime: 0),
                Place = _place,
                IsSettled = _settled,
                Killed = [.. _killed],
                Limits = [.. _limits.Groups.Select(limit => new LimitPlace(limit.Kind.Name, limit.Group.Location.Directory))],
            };
        }
    }

    /// <summary>
    /// Takes the task out of the nursery. It stays there when that fails: it can be ended there as well.
    /// </summary>
    /// <returns>False when there were always more to be moved: then call it again a little later.</returns>
    internal bool TryEnter()
    {
        lock (_gate)
        {
            if (_settled || _newborn is null || _place == ContainmentPlace.Own)
            {
                return true;
            }

            // The launcher goes by itself, when it is ready to: earlier the limits would be its own runtime's, which needs threads.
            if (IsLimited && nursery.Contains(_newborn.LeaderPid))
            {
                return false;
            }

            if (_place == ContainmentPlace.Nursery)
            {
                if (cgroup.Make() != 0)
                {
                    return true;
                }

                _place = ContainmentPlace.Both;
                if (cgroup.Add(_newborn.LeaderPid) is not (0 or Errno.ESRCH))
                {
                    return true;
                }
            }

            if (!TryMoveOthers(_newborn))
            {
                return false;
            }

            _place = ContainmentPlace.Own;
            nursery.Remove(_newborn);
            return true;
        }
    }

    public override void Signal(int signo, bool wakes)
    {
        var reached = new HashSet<Member>();
        lock (_gate)
        {
            if (_place != ContainmentPlace.Own)
            {
                NurseryMembers?.Signal(signo, reached, wakes);
            }

            if (_place != ContainmentPlace.Nursery)
            {
                new CgroupMembers(cgroup).Signal(signo, reached, wakes);
            }
        }
    }

    public override int KillAll()
    {
        _settled = true;
        lock (_gate)
        {
            var before = _killed.Count;
            if (_place != ContainmentPlace.Own)
            {
                NurseryMembers?.Signal(Signals.SIGKILL, _killed);
            }

            if (_place != ContainmentPlace.Nursery && cgroup.IsPopulated)
            {
                var members = new List<Member>();
                new CgroupMembers(cgroup).List(members);
                cgroup.Kill();
                _killed.UnionWith(members);
            }

            return _killed.Count - before;
        }
    }

    public override void Dispose()
    {
        _settled = true;
        lock (_gate)
        {
            if (_newborn is not null)
            {
                nursery.Remove(_newborn);
            }
            else if (!_isDisposed)
            {
                // It was never started.
                nursery.EndBirth(task: null);
            }

            _isDisposed = true;

            if (_place != ContainmentPlace.Nursery)
            {
                mover.RemoveLater(cgroup);
            }

            foreach (var group in _limits.OwnGroups)
            {
                mover.RemoveLater(group);
            }
        }
    }

    private static Measurement? Sum(List<int> pids, Measurement counted) => ProcTotal.Of(pids) is { } sum
        ? counted with
        {
            User = counted.User + sum.User,
            System = counted.System + sum.System,
            MemoryBytes = (counted.MemoryBytes ?? 0) + sum.ResidentBytes,
            Processes = counted.Processes + pids.Count,
        }
        : null;

    // A child is born where its parent is, so that once a look finds nobody there will never be anybody.
    private bool TryMoveOthers(Newborn task)
    {
        for (var round = 0; round < MaxRounds && !_settled; round++)
        {
            var pids = nursery.List(task, out var strangers);
            if (pids.Count == 0)
            {
                // A stranger may be one of ours: then it is looked at again, until no other task can claim it.
                return !strangers;
            }

            foreach (var pid in pids.Where(nursery.Contains))
            {
                _ = cgroup.Add(pid);
            }
        }

        return false;
    }
}
