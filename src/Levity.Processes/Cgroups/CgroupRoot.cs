using Levity.Linux;
using Levity.Processes.Sessions;

namespace Levity.Processes.Cgroups;

/// <summary>
/// A control group with one group in it for ourselves, the nursery, and one for each task. Needs nothing but the right
/// to make them under the group that we were started in: no controller, no privilege.
/// </summary>
internal sealed class CgroupRoot : ContainmentRoot
{
    private const string NurseryName = "supervisor";
    private const string TaskPrefix = "task-";

    private readonly Cgroup _origin;
    private readonly Cgroup _home;
    private readonly Cgroup _own;
    private readonly SafeFileDescriptor _homeDirectory;
    private readonly Nursery _nursery;
    private readonly CgroupMover _mover;
    private readonly TimeProvider _time;

    private CgroupRoot(
        Cgroup origin, Cgroup home, Cgroup own, SafeFileDescriptor homeDirectory, Nursery nursery, TimeProvider time)
    {
        _origin = origin;
        _home = home;
        _own = own;
        _homeDirectory = homeDirectory;
        _nursery = nursery;
        _mover = new CgroupMover(time);
        _time = time;
    }

    public override string Kind => "cgroup";

    public override string Description => $"cgroup {_home.Location.Directory}";

    /// <summary>Makes the groups, and moves this process into its own.</summary>
    /// <param name="obstacle">Why that cannot be done here.</param>
    /// <returns>Null when it cannot.</returns>
    internal static CgroupRoot? TryOpen(string name, TimeProvider time, out string obstacle)
    {
        obstacle = "no cgroup2 file system shows our group";
        var location = CgroupLocation.FindOwn(
            File.ReadAllText("/proc/self/mountinfo"), File.ReadAllText("/proc/self/cgroup"));
        if (location is null)
        {
            return null;
        }

        try
        {
            return Open(location, name, time);
        }
        catch (LinuxException e)
        {
            obstacle = e.Message;
            return null;
        }
    }

    public override Containment Create(string taskId)
    {
        var cgroup = TaskCgroup(taskId);
        return new CgroupContainment(taskId, cgroup, _nursery, _mover);
    }

    public override int KillLeftovers(Func<string, bool> isOurs)
    {
        var leftovers = new Leftovers(_time);
        leftovers.Kill(new NurseryMembers(_nursery, task: null));
        foreach (var cgroup in _home.Children().Where(child => child.Location != _own.Location))
        {
            leftovers.Kill(new CgroupMembers(cgroup));
            cgroup.Kill();
        }

        leftovers.Kill(new MarkedMembers(isOurs));
        leftovers.WaitForEnd();
        foreach (var cgroup in _home.Children().Where(child => child.Location != _own.Location))
        {
            _mover.RemoveLater(cgroup);
        }

        return leftovers.Count;
    }

    public override void Dispose()
    {
        _mover.Dispose();
        _nursery.Dispose();
        _ = _origin.Add(Environment.ProcessId);
        _own.TryRemove();
        _homeDirectory.Dispose();
        _home.TryRemove();
        _origin.Dispose();
    }
}
