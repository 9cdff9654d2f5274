using Levity.Linux;

namespace Levity.Processes.Cgroups.Limits;

/// <summary>
/// Where the groups with limits are. In the unified hierarchy, in the tasks' own groups, where the controller can be had
/// there; otherwise in the hierarchy that it has for itself (version 1), below where this process is. None is made, and no
/// controller turned on, before a task wants a limit.
/// </summary>
internal sealed class ControllerRoot
{
    private readonly Cgroup _origin;
    private readonly Cgroup _home;

    // Of version 1: by the controller, our group in its hierarchy.
    private readonly Dictionary<ControllerKind, Cgroup> _homes = [];

    /// <param name="name">What our groups are called.</param>
    /// <param name="origin">Where we were started, in the unified hierarchy.</param>
    /// <param name="home">Ours below it.</param>
    internal ControllerRoot(string name, Cgroup origin, Cgroup home)
    {
        (_origin, _home) = (origin, home);
        var (mounts, places) = (File.ReadAllText("/proc/self/mountinfo"), File.ReadAllText("/proc/self/cgroup"));
        foreach (var kind in ControllerKind.All)
        {
            if (CgroupLocation.FindOwn(mounts, places, kind.Name) is { } place)
            {
                _homes[kind] = new Cgroup(place.Child(name));
            }
        }
    }

    /// <summary>Makes the groups of a task, with its limits in force. Nobody is in them yet.</summary>
    /// <param name="group">What the task's groups are called.</param>
    /// <param name="own">The one that it has in the unified hierarchy: it is there.</param>
    /// <param name="limits">What is limited.</param>
    /// <param name="made">What was made, also when that is not all.</param>
    /// <returns>Why it cannot be; null when it is done.</returns>
    internal string? Make(string group, Cgroup own, ResourceLimits limits, out TaskLimits made)
    {
        var groups = new List<LimitGroup>();
        made = new TaskLimits(groups);
        foreach (var kind in ControllerKind.All.Where(kind => kind.IsNeededFor(limits)))
        {
            var obstacle = Find(kind, group, own, out var place);
            if (obstacle is not null)
            {
                return obstacle;
            }

            groups.Add(place!);
            if (place!.Set(limits) is { } problem)
            {
                return $"the limit cannot be set: {problem}";
            }
        }

        return null;
    }

    /// <summary>Those that another program of this process has made.</summary>
    internal static TaskLimits Restore(IEnumerable<LimitPlace> places, Cgroup own) => new(
    [
        .. places.SelectMany(place => ControllerKind.All
            .Where(kind => kind.Name == place.Controller)
            .Select(kind => place.Directory == own.Location.Directory
                ? new LimitGroup(kind, own, IsUnified: true)
                : new LimitGroup(kind, new Cgroup(new CgroupLocation(place.Directory, "")), IsUnified: false))),
    ]);

    /// <summary>All groups of tasks in hierarchies of version 1.</summary>
    internal IEnumerable<Cgroup> TaskGroups => _homes.Values.SelectMany(home => home.Children());

    /// <summary>
    /// Turns off in the unified hierarchy what was turned on there: as long as it is on nobody can come back to where we
    /// were started. Where another supervisor in the same place has use for it, it stays on.
    /// </summary>
    internal void TurnOff()
    {
        foreach (var kind in ControllerKind.All)
        {
            // Below first, for whoever gives a controller to those below cannot lose it.
            _ = _home.Write("cgroup.subtree_control", $"-{kind.Name}");
            _ = _origin.Write("cgroup.subtree_control", $"-{kind.Name}");
        }
    }

    /// <summary>Removes what is empty of ours.</summary>
    internal void Remove()
    {
        foreach (var home in _homes.Values)
        {
            home.TryRemove();
        }
    }

    private string? Find(ControllerKind kind, string group, Cgroup own, out LimitGroup? place)
    {
        place = null;
        var obstacle = TurnOn(kind);
        if (obstacle is null)
        {
            place = new LimitGroup(kind, own, IsUnified: true);
            return null;
        }

        if (!_homes.TryGetValue(kind, out var home))
        {
            return $"there is no {kind.Name} controller for it on the server: {obstacle}, and no hierarchy of version 1 that has "
                + "it is mounted. Its operator can run levity-supervisor as a service of its own with Delegate=yes, or in a "
                + "control group that has nobody else in it and whose parent has the controller in cgroup.subtree_control";
        }

        var its = new Cgroup(home.Location.Child(group));
        var errno = home.Make() is not (0 or Errno.EEXIST) and var failed ? failed : its.Make();
        if (errno != 0)
        {
            return $"there is no {kind.Name} controller for it on the server: {obstacle}, and in its hierarchy of version 1 "
                + $"{its.Location.Directory} cannot be made ({Errno.Describe(errno)}). Its operator can give the "
                + "supervisor's user a control group there, or run levity-supervisor as a service of its own with Delegate=yes";
        }

        place = new LimitGroup(kind, its, IsUnified: false);
        return null;
    }

    // A group gives its children only what it was given, and what it says in cgroup.subtree_control. That cannot be said
    // while somebody is in it, but for the root ("No Internal Process Constraint"); we have left ours.
    private string? TurnOn(ControllerKind kind)
    {
        if (_home.Lists("cgroup.subtree_control", kind.Name))
        {
            return null;
        }

        if (!_origin.Lists("cgroup.controllers", kind.Name))
        {
            return $"cgroup v2 does not have it ({_origin.Location.Directory}/cgroup.controllers)";
        }

        foreach (var cgroup in (ReadOnlySpan<Cgroup>)[_origin, _home])
        {
            var errno = cgroup.Write("cgroup.subtree_control", $"+{kind.Name}");
            if (errno != 0)
            {
                return errno == Errno.EBUSY
                    ? $"other processes than the supervisor are in {cgroup.Location.Directory}, and as long as they are cgroup v2 "
                        + "lets nobody turn it on there"
                    : $"cgroup v2 does not let us turn it on in {cgroup.Location.Directory} ({Errno.Describe(errno)})";
            }
        }

        return null;
    }
}
