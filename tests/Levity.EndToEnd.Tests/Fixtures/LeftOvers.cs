namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>Looks for what a server has left behind once it and its supervisor are stopped: nothing may be.</summary>
internal sealed class LeftOvers
{
    private readonly string _stateDirectory;
    private readonly HashSet<string> _taskIds;
    private readonly string? _cgroup;

    /// <summary>Notes what there is as long as the server runs.</summary>
    public LeftOvers(LevityServer server)
    {
        _stateDirectory = server.StateDirectory;
        _taskIds = [.. server.LogIds];
        _cgroup = server.FindSupervisor() is { } supervisor ? OwnCgroup(supervisor) : null;
    }

    public async Task AssertNoneAsync()
    {
        try
        {
            await Eventually.TrueAsync(
                () => !Processes().Any(), () => $"the end of all processes; there are {Describe()}");
        }
        finally
        {
            // They shall spoil this test only.
            foreach (var pid in Processes())
            {
                await Signals.TrySendAsync("KILL", pid);
            }
        }

        Assert.False(Directory.Exists(_cgroup), $"the control group {_cgroup} is left");
    }

    private IEnumerable<int> Processes() =>
        ProcessTable.WithArgument(_stateDirectory).Union(ProcessTable.WithWord("environ", IsOfTask));

    private string Describe() => string.Join(
        "; ", Processes().Select(pid => $"{pid}: {ProcessTable.ReadText($"/proc/{pid}/cmdline")?.Replace('\0', ' ')}"));

    private bool IsOfTask(string variable) =>
        variable.Split('=') is ["LEVITY_TASK_ID", var id] && _taskIds.Contains(id);

    // The control group that the supervisor has made for itself and its tasks; null when it works without.
    private static string? OwnCgroup(int supervisor)
    {
        const string unified = "0::";
        var mount = File.ReadLines("/proc/self/mounts").Select(line => line.Split(' '))
            .FirstOrDefault(fields => fields[2] == "cgroup2")?[1];
        var path = ProcessTable.ReadText($"/proc/{supervisor}/cgroup")?.Split('\n')
            .FirstOrDefault(line => line.StartsWith(unified, StringComparison.Ordinal))?[unified.Length..];
        var own = path?.IndexOf("/levity-", StringComparison.Ordinal) ?? -1;
        if (mount is null || own < 0)
        {
            return null;
        }

        var end = path!.IndexOf('/', own + 1);
        return mount + (end < 0 ? path : path[..end]);
    }
}
