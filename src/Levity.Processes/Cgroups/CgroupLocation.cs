namespace Levity.Processes.Cgroups;

/// <summary>Where a cgroup v2 directory is.</summary>
/// <param name="Directory">In the file system.</param>
/// <param name="Name">As /proc/PID/cgroup calls it.</param>
public sealed record CgroupLocation(string Directory, string Name)
{
    internal CgroupLocation Child(string name) => new($"{Directory}/{name}", $"{Name.TrimEnd('/')}/{name}");

    /// <summary>Finds our own. The hierarchy may be mounted anywhere, and only a part of it: cgroups(7).</summary>
    /// <param name="mountInfo">/proc/self/mountinfo: proc_pid_mountinfo(5).</param>
    /// <param name="cgroup">/proc/self/cgroup.</param>
    /// <returns>Null when there is no such hierarchy or it does not show our place.</returns>
    internal static CgroupLocation? FindOwn(string mountInfo, string cgroup)
    {
        const string unified = "0::";
        var own = cgroup.Split('\n').FirstOrDefault(line => line.StartsWith(unified, StringComparison.Ordinal));
        if (own is null)
        {
            return null;
        }

        // Outside of what our namespace shows, or removed under us.
        var name = own[unified.Length..];
        if (name.StartsWith("/..", StringComparison.Ordinal) || name.EndsWith(" (deleted)", StringComparison.Ordinal))
        {
            return null;
        }

        return mountInfo.Split('\n')
            .Select(line => FindIn(line, name))
            .FirstOrDefault(location => location is not null);
    }

    // ID PARENT MAJOR:MINOR ROOT MOUNTPOINT OPTIONS [TAG]… - TYPE SOURCE OPTIONS
    private static CgroupLocation? FindIn(string mount, string name)
    {
        const int rootField = 3, mountPointField = 4;
        var halves = mount.Split(" - ", 2);
        var fields = halves[0].Split(' ');
        if (halves.Length < 2 || fields.Length <= mountPointField
            || !halves[1].StartsWith("cgroup2 ", StringComparison.Ordinal))
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

    // Space, tab, newline and backslash stand as three octal digits; the bytes of UTF-8 stand for themselves.
    private static string Unescape(string field)
    {
        const int digits = 3;
        var parts = field.Split('\\');
        return parts[0] + string.Concat(
            parts.Skip(1).Select(part => (char)Convert.ToInt32(part[..digits], 8) + part[digits..]));
    }
}
