using Levity.Processes.Cgroups;
using Levity.Processes.Tests.Fixtures;

namespace Levity.Processes.Tests.Cgroups;

/// <summary>Where this process is before it enters a group of its own, and somebody who stays there.</summary>
internal sealed class Surroundings : IDisposable
{
    private readonly string _name = $"levity-test-{Guid.NewGuid():N}";

    public CgroupLocation Origin { get; } = CgroupLocation.FindOwn(
        File.ReadAllText("/proc/self/mountinfo"), File.ReadAllText("/proc/self/cgroup")) ?? new("", "");

    public CgroupLocation Home => Origin.Child(_name);

    public StartedProcess Stranger { get; } = StartedProcess.Start(Specs.Of("/bin/sleep", "1000"));

    public ContainmentRoot Open()
    {
        var root = ContainmentRoot.Open(_name);
        if (root.Kind != "cgroup")
        {
            Dispose();
            Assert.Skip($"control groups cannot be used here: {root.Description}");
        }

        return root;
    }

    public void Dispose() => Stranger.Dispose();
}
