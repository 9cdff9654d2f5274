using Levity.Linux;

namespace Levity.Processes.Cgroups.Limits;

/// <summary>The control group in which one controller limits one task.</summary>
/// <param name="Kind">The controller.</param>
/// <param name="Group">The task's group in the unified hierarchy, or in the controller's own.</param>
/// <param name="IsUnified">Which of the two.</param>
internal sealed record LimitGroup(ControllerKind Kind, Cgroup Group, bool IsUnified)
{
    /// <summary>Sets the limit.</summary>
    /// <returns>Why it could not be; null when it is set.</returns>
    internal string? Set(ResourceLimits limits)
    {
        foreach (var (file, value, isOptional) in Kind.SettingsFor(limits, IsUnified))
        {
            var errno = Group.Write(file, value);
            if (errno != 0 && !(isOptional && errno is Errno.ENOENT or Errno.EACCES or Errno.EOPNOTSUPP))
            {
                return $"'{value}' cannot be written to {Group.Location.Directory}/{file} ({Errno.Describe(errno)})";
            }
        }

        return null;
    }
}
