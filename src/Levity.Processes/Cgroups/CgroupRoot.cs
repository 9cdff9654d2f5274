using Levity.Linux;
using Levity.Processes.Cgroups.Limits;
using Levity.Processes.Sessions;

namespace Levity.Processes.Cgroups;

/// <summary>
/// A control group with one group in it for ourselves, the nursery, and one for each task. Needs nothing but the right
/// to make them below the group that we were started in: no controller, no privilege.
/// </summary>
internal sealed class CgroupRoot : ContainmentRoot
{
    private const string TaskPrefix = "task-";

    private readonly Cgroup _origin;
    private readonly Cgroup _home;
    private readonly Cgroup _own;
    private readonly Nursery _nursery;
    private readonly CgroupMover _mover;
    private readonly ControllerRoot _controllers;
    private readonly TimeProvider _time;

    private CgroupRoot(Cgroup origin, Cgroup home, Cgroup own, Nursery nursery, ControllerRoot controllers, TimeProvider time)
    {
        _origin = origin;
        _home = home;
        _own = own;
        _nursery = nursery;
        _mover = new CgroupMover(time);
        _controllers = controllers;
        _time = time;
    }

    public override string Kind => "cgroup";

    public override CgroupLocation? Origin => _origin.Location;

    public override string Description => $"cgroup {_home.Location.Directory}";

    private IEnumerable<Cgroup> TaskGroups => _home.Children().Where(child => child.Location != _own.Location);

    /// <summary>Makes the groups, and moves this process into its own.</summary>
    /// <param name="name">What to call them.</param>
    /// <param name="time">For the age of tasks.</param>
    /// <param name="obstacle">Why it cannot be done here.</param>
    /// <returns>Null when it cannot.</returns>
    internal static CgroupRoot? TryOpen(string name, TimeProvider time, out string obstacle)
    {
        obstacle = "no cgroup2 file system shows our group";
        var origin = CgroupLocation.FindOwn(
            File.ReadAllText("/proc/self/mountinfo"), File.ReadAllText("/proc/self/cgroup"));
        if (origin is null)
        {
            return null;
        }

        var (home, own) = GroupsBelow(origin, name);
        try
        {
            MakeSure(home.Make(), "mkdir", home);
            MakeSure(own.Make(), "mkdir", own);
            MakeSure(own.CheckKill(), "cgroup.kill", own);
            MakeSure(own.Add(Environment.ProcessId), "cgroup.procs", own);
            var controllers = new ControllerRoot(name, new Cgroup(origin), home);
            return new CgroupRoot(new Cgroup(origin), home, own, OpenNursery(own), controllers, time);
        }
        catch (LinuxException e)
        {
            _ = new Cgroup(origin).Add(Environment.ProcessId);
            own.TryRemove();
            home.TryRemove();
            obstacle = e.Message;
            return null;
        }
    }

    /// <summary>Goes on in the groups that were made already; this process is where it belongs.</summary>
    internal static CgroupRoot Reopen(CgroupLocation origin, string name, TimeProvider time)
    {
        var (home, own) = GroupsBelow(origin, name);
        var controllers = new ControllerRoot(name, new Cgroup(origin), home);
        return new CgroupRoot(new Cgroup(origin), home, own, OpenNursery(own), controllers, time);
    }

    public override Containment Create(string taskId, int attempt)
    {
        _nursery.BeginBirth();
        return new CgroupContainment(taskId, GroupOf(taskId, attempt), _nursery, _mover, _controllers);
    }

    public override Containment Restore(string taskId, int attempt, ContainmentState state) =>
        CgroupContainment.Restore(taskId, GroupOf(taskId, attempt), _nursery, _mover, _controllers, state);

    public override void RemoveOthers(IEnumerable<(string TaskId, int Attempt)> restored)
    {
        // In all hierarchies they are called the same.
        var known = restored.Select(task => NameOf(task.TaskId, task.Attempt)).ToHashSet(StringComparer.Ordinal);
        foreach (var cgroup in TaskGroups.Concat(_controllers.TaskGroups).Where(
            cgroup => !known.Contains(Path.GetFileName(cgroup.Location.Directory))))
        {
            _mover.RemoveLater(cgroup);
        }
    }

    public override IReadOnlyList<Measurement?> Measure(IReadOnlyList<Containment> tasks) =>
        [.. tasks.Select(task => ((CgroupContainment)task).Measure())];

    public override void Pause() => _mover.Pause();

    public override void Resume() => _mover.Resume();

    public override int KillLeftovers(Func<string, bool> isOurs)
    {
        var leftovers = new Leftovers(_time);
        leftovers.Kill(new NurseryMembers(_nursery, task: null));
        foreach (var cgroup in TaskGroups)
        {
            leftovers.Add(new CgroupMembers(cgroup));
            cgroup.Kill();
        }

        // The dead one may have had to do without groups.
        leftovers.Kill(new MarkedMembers(isOurs));
        leftovers.WaitForEnd();
        RemoveOthers([]);
        return leftovers.Count;
    }

    public override void Dispose()
    {
        _mover.Dispose();
        _nursery.Dispose();
        if (_origin.Add(Environment.ProcessId) == Errno.EBUSY)
        {
            _controllers.TurnOff();
            _ = _origin.Add(Environment.ProcessId);
        }

        _own.TryRemove();
        _home.TryRemove();
        _controllers.Remove();
    }

    private static (Cgroup Home, Cgroup Own) GroupsBelow(CgroupLocation origin, string name)
    {
        var home = new Cgroup(origin.Child(name));
        return (home, new Cgroup(home.Location.Child("supervisor")));
    }

    private static Nursery OpenNursery(Cgroup own)
    {
        MakeSure(own.OpenProcesses(out var processes), "cgroup.procs", own);
        return new Nursery(own, processes);
    }

    private Cgroup GroupOf(string taskId, int attempt) => new(_home.Location.Child(NameOf(taskId, attempt)));

    private static string NameOf(string taskId, int attempt) =>
        attempt == 1 ? $"{TaskPrefix}{taskId}" : $"{TaskPrefix}{taskId}.{attempt}";

    private static void MakeSure(int errno, string call, Cgroup cgroup)
    {
        if (errno is not (0 or Errno.EEXIST))
        {
            throw new LinuxException(call, errno, cgroup.Location.Directory);
        }
    }
}
