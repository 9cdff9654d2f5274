using System.Text;
using Levity.Processes.Cgroups;
using Levity.Processes.Tests.Fixtures;

namespace Levity.Processes.Tests.Cgroups;

/// <summary>What the files of a group tell, read from a directory that looks like one.</summary>
public sealed class CgroupTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("low 0\nhigh 0\nmax 12\noom 3\noom_kill 0\noom_group_kill 0\n", false)]
    [InlineData("low 0\nhigh 0\nmax 12\noom 3\noom_kill 1\noom_group_kill 0\n", true)]
    [InlineData("oom_kill 18446744073709551615\n", true)]
    [InlineData("oom_group_kill 1\noom_kill 2", true)]
    [InlineData("oom 1\noom_group_kill 1\n", null)]
    [InlineData("oom_kill\n", null)]
    [InlineData("oom_kill \n", null)]
    [InlineData("oom_kill -1\n", null)]
    [InlineData("oom_kill many\n", null)]
    [InlineData("not_oom_kill 1\n", null)]
    [InlineData("", null)]
    public void Lack_of_memory_is_what_oom_kill_counts(string events, bool? expected)
    {
        File.WriteAllBytes($"{_directory.Path}/memory.events", Encoding.UTF8.GetBytes(events));

        Assert.Equal(expected, Group.OutOfMemory);
    }

    [Fact]
    public void Without_the_memory_controller_nobody_knows() => Assert.Null(Group.OutOfMemory);

    [Fact]
    public void What_cannot_be_read_is_what_nobody_knows()
    {
        Directory.CreateDirectory($"{_directory.Path}/memory.events");

        Assert.Null(Group.OutOfMemory);
    }

    private Cgroup Group => new(new CgroupLocation(_directory.Path, "/some"));
}
