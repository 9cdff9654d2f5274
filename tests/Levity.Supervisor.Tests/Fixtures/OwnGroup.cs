namespace Levity.Supervisor.Tests.Fixtures;

/// <summary>
/// A control group for one supervisor and nobody else, without which cgroup v2 gives it no controllers. scripts/with-cgroups
/// names the place for such groups.
/// </summary>
internal sealed class OwnGroup
{
    private readonly string _directory;

    private OwnGroup(string directory) => _directory = directory;

    /// <summary>Null where there is no place for it: then the supervisor is where the tests are.</summary>
    public static OwnGroup? Make() => Environment.GetEnvironmentVariable("LEVITY_TEST_CGROUP") is { } place
        ? new OwnGroup(Directory.CreateDirectory(Path.Combine(place, $"{Guid.NewGuid():N}")).FullName)
        : null;

    /// <summary>Executes what follows it in the group.</summary>
    public string[] Launcher => ["sh", "-c", "echo 0 >\"$0\" && exec \"$@\"", Path.Combine(_directory, "cgroup.procs")];

    /// <summary>
    /// Lets another supervisor in after one that was killed: as long as a group gives controllers to those below, nobody can
    /// enter it. A service manager removes the group instead.
    /// </summary>
    public void MakeRoom()
    {
        foreach (var group in Directory.GetDirectories(_directory).Append(_directory))
        {
            using var control = new StreamWriter(Path.Combine(group, "cgroup.subtree_control"));
            control.Write("-cpu -memory -pids");
        }
    }

    /// <summary>The supervisor is over, and was the one to remove what it had made.</summary>
    public void Remove()
    {
        Assert.Empty(Directory.GetDirectories(_directory));
        Directory.Delete(_directory);
    }
}
