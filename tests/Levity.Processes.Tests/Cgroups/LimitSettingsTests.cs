using Levity.Linux;
using Levity.Processes.Cgroups;
using Levity.Processes.Cgroups.Limits;
using Levity.Processes.Tests.Fixtures;

namespace Levity.Processes.Tests.Cgroups;

/// <summary>What the kernel is told of limits, and tells of them, in both versions; the files here are ordinary ones.</summary>
public sealed class LimitSettingsTests : IDisposable
{
    private static readonly ResourceLimits Limits = new() { MemoryBytes = 1 << 20, CpuMillis = 1500, Processes = 7 };

    private readonly TemporaryDirectory _directory = new();

    private Cgroup Group => new(new CgroupLocation(_directory.Path, "/x"));

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void In_version_2_each_limit_has_a_file_and_swap_is_closed()
    {
        Make("memory.max", "memory.swap.max", "cpu.max", "pids.max");

        Assert.All(ControllerKind.All, kind => Assert.Null(new LimitGroup(kind, Group, IsUnified: true).Set(Limits)));

        Assert.Equal(["1048576", "0", "150000 100000", "7"], Read("memory.max", "memory.swap.max", "cpu.max", "pids.max"));
    }

    [Fact]
    public void In_version_1_they_have_others_and_memory_is_limited_together_with_swap()
    {
        Make("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "cpu.cfs_period_us", "cpu.cfs_quota_us", "pids.max");

        Assert.All(ControllerKind.All, kind => Assert.Null(new LimitGroup(kind, Group, IsUnified: false).Set(Limits)));

        Assert.Equal(
            ["1048576", "1048576", "100000", "150000", "7"],
            Read("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "cpu.cfs_period_us", "cpu.cfs_quota_us", "pids.max"));
    }

    [Fact]
    public void A_kernel_without_swap_limits_will_do_and_one_without_memory_limits_will_not()
    {
        Make("memory.max");
        Assert.Null(new LimitGroup(ControllerKind.Memory, Group, IsUnified: true).Set(Limits));

        var problem = new LimitGroup(ControllerKind.Processes, Group, IsUnified: true).Set(Limits);
        Assert.Contains($"{_directory.Path}/pids.max ({Errno.Describe(Errno.ENOENT)})", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "memory.events", "low 0\noom 2\noom_kill 1\n", "memory.peak", "cpu.stat", "usage_usec 9\nthrottled_usec 1500\n")]
    [InlineData(false, "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n", "memory.max_usage_in_bytes", "cpu.stat",
        "nr_throttled 3\nthrottled_time 1500000\n")]
    public void What_has_come_of_them_is_read_from_the_files_of_either_version(
        bool isUnified, string oomFile, string oom, string peakFile, string cpuFile, string cpu)
    {
        Write(oomFile, oom);
        Write(peakFile, "4096\n");
        Write("pids.events", "max 0\n");
        Write(cpuFile, cpu);
        var limits = new TaskLimits([.. ControllerKind.All.Select(kind => new LimitGroup(kind, Group, isUnified))]);

        Assert.True(limits.OutOfMemory);
        Assert.Equal(
            new LimitUsage
            {
                MemoryPeakBytes = 4096,
                ProcessLimitHit = false,
                CpuThrottled = TimeSpan.FromMicroseconds(1500),
            },
            limits.Usage);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_task_has_come_to_in_a_group_of_its_own_making_is_told(bool hasHappened)
    {
        Directory.CreateDirectory(Path.Combine(_directory.Path, "inner", "without-controllers"));
        Write("pids.events", "max 0\n");
        Write("memory.oom_control", "oom_kill 0\n");
        Write("inner/pids.events", hasHappened ? "max 3\n" : "max 0\n");
        Write("inner/memory.oom_control", hasHappened ? "oom_kill 1\n" : "oom_kill 0\n");

        var limits = new TaskLimits([.. ControllerKind.All.Select(kind => new LimitGroup(kind, Group, IsUnified: false))]);

        Assert.Equal((hasHappened, hasHappened), (limits.OutOfMemory, limits.Usage.ProcessLimitHit));
    }

    [Fact]
    public void Of_what_is_not_limited_nothing_is_told()
    {
        Assert.Null(TaskLimits.None.OutOfMemory);
        Assert.Equal(default, TaskLimits.None.Usage);
    }

    private void Make(params string[] files)
    {
        foreach (var file in files)
        {
            Write(file, "");
        }
    }

    private void Write(string file, string content)
    {
        using var writer = new StreamWriter(Path.Combine(_directory.Path, file));
        writer.Write(content);
    }

    private IEnumerable<string> Read(params string[] files) =>
        files.Select(file => File.ReadAllText(Path.Combine(_directory.Path, file)));
}
