namespace Levity.Processes.Cgroups;

/// <summary>Where the directory of a control group is.</summary>
/// <param name="Directory">In the file system.</param>
/// <param name="Name">As /proc/PID/cgroup calls it.</param>
public sealed record CgroupLocation(string Directory, string Name)
{
    internal CgroupLocation Child(string name) => new($"{Directory}/{name}", $"{Name.TrimEnd('/')}/{name}");

    /// <summary>Finds our own. The hierarchy may be mounted anywhere, and only a part of it: cgroups(7).</summary>
    /// <param name="mountInfo">/proc/self/mountinfo: proc_pid_mountinfo(5).</param>
    /// <param name="cgroup">/proc/self/cgroup.</param>
    /// <param name="controller">In the hierarchy of this controller, of version 1; of version 2 when it is null.</param>
    /// <returns>Null when there is no such hierarchy or it does not show our place.</returns>
    internal static CgroupLocation? FindOwn(string mountInfo, string cgroup, string? controller = null)
    {
        // ID:CONTROLLER[,CONTROLLER]…:NAME; 0::NAME in version 2.
        var own = cgroup.Split('\n').Select(line => line.Split(':', 3)).FirstOrDefault(
            fields => fields.Length == 3
                && (controller is null ? fields[0] == "0" && fields[1].Length == 0 : fields[1].Split(',').Contains(controller)));
        if (own is not [_, _, var name])
        {
            return null;
        }

        // Outside of what our namespace shows, or removed under us.
        if (name.StartsWith("/..", StringComparison.Ordinal) || name.EndsWith(" (deleted)", StringComparison.Ordinal))
        {
            return null;
        }

        return mountInfo.Split('\n')
            .Select(line => FindIn(line, name, controller))
            .FirstOrDefault(location => location is not null);
    }

    // ID PARENT MAJOR:MINOR ROOT MOUNTPOINT OPTIONS [TAG]… - TYPE SOURCE OPTIONS
    private static CgroupLocation? FindIn(string mount, string name, string? controller)
    {
        const int rootField = 3, mountPointField = 4;
        var halves = mount.Split(" - ", 2);
        var fields = halves[0].Split(' ');
        if (halves.Length < 2 || fields.Length <= mountPointField || !IsOf(halves[1].Split(' '), controller))
        {
            return null;
        }

        var root = Unescape(fields[rootField]).TrimEnd('/');
        if (!$"{name.TrimEnd('/')}/".StartsWith($"{root}/", StringComparison.Ordinal))
        {
            return null;
        }

        return new CgroupLocation($"{Unescape(fields[mountPointField])}{name[root.Length..].TrimEnd('/')}", name);
    }

    // The options of the file system, not of the mount, name the controllers.
    private static bool IsOf(string[] fileSystem, string? controller) => controller is null
        ? fileSystem[0] == "cgroup2"
        : fileSystem[0] == "cgroup" && fileSystem[^1].Split(',').Contains(controller);

    // Space, tab, newline and backslash stand as three octal digits; the bytes of UTF-8 stand for themselves.
    private static string Unescape(string field)
    {
        const int digits = 3;
        var parts = field.Split('\\');
        return parts[0] + string.Concat(
            parts.Skip(1).Select(part => (char)Convert.ToInt32(part[..digits], 8) + part[digits..]));
    }
}
