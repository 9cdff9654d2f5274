using Levity.Processes.Cgroups;

namespace Levity.Processes.Tests.Cgroups;

public sealed class CgroupLocationTests
{
    private const string Hybrid = """
        31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:9 master:1 - cgroup2 cgroup2 rw
        """;

    [Theory]
    [InlineData("0::/", "/sys/fs/cgroup/unified", "/")]
    [InlineData("4:memory:/x\n0::/user.slice/a b", "/sys/fs/cgroup/unified/user.slice/a b", "/user.slice/a b")]
    public void It_is_found_wherever_the_hierarchy_is_mounted(string own, string directory, string name)
    {
        Assert.Equal(new CgroupLocation(directory, name), CgroupLocation.FindOwn(Hybrid, own));
    }

    [Fact]
    public void A_mount_may_show_a_part_of_the_hierarchy_only()
    {
        const string mounts = """
            41 31 0:38 /other /one rw - cgroup2 cgroup2 rw
            41 31 0:38 /docker/ab /two\040words rw - cgroup2 cgroup2 rw
            """;

        Assert.Equal(
            new CgroupLocation("/two words/x", "/docker/ab/x"), CgroupLocation.FindOwn(mounts, "0::/docker/ab/x"));
        Assert.Equal(
            new CgroupLocation("/two words", "/docker/ab"), CgroupLocation.FindOwn(mounts, "0::/docker/ab"));
        Assert.Null(CgroupLocation.FindOwn(mounts, "0::/docker/abc"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1:name=systemd:/")]
    [InlineData("0::/../..")]
    [InlineData("0::/gone (deleted)")]
    public void A_place_that_is_not_shown_is_none(string own)
    {
        Assert.Null(CgroupLocation.FindOwn(Hybrid, own));
    }

    [Fact]
    public void Without_the_hierarchy_there_is_no_place()
    {
        Assert.Null(CgroupLocation.FindOwn(Hybrid.Replace("cgroup2", "cgroup", StringComparison.Ordinal), "0::/"));
    }

    [Fact]
    public void A_child_of_the_root_has_one_slash()
    {
        Assert.Equal(new CgroupLocation("/mount/a", "/a"), new CgroupLocation("/mount", "/").Child("a"));
    }

    [Theory]
    [InlineData("memory", "/sys/fs/cgroup/memory/a/b")]
    [InlineData("cpu", "/sys/fs/cgroup/cpu,cpuacct/c")]
    [InlineData("pids", null)]
    [InlineData("cpua", null)]
    public void A_controller_of_version_1_has_a_hierarchy_of_its_own(string controller, string? expected)
    {
        const string mounts = """
            41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
            42 31 0:39 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
            43 31 0:40 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
            """;

        Assert.Equal(
            expected, CgroupLocation.FindOwn(mounts, "5:memory:/a/b\n4:cpu,cpuacct:/c\n3:pids:/d\n0::/u\n", controller)?.Directory);
    }
}
