using System.Globalization;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Logs;

/// <summary>Nobody ever holds a whole log.</summary>
[Trait("Load", "heavy")]
public sealed class MemoryTests(ITestOutputHelper output)
{
    private const long Log = 1L << 30;
    private const long Growth = 64L << 20;
    private const long Disk = 4 * Log;

    [Fact]
    public async Task A_gigabyte_of_output_leaves_memory_flat()
    {
        var free = new DriveInfo(Path.GetTempPath()).AvailableFreeSpace;
        Assert.SkipUnless(free >= Disk, $"{free} bytes free in {Path.GetTempPath()}; this takes up to {Disk}");
        await using var server = await LevityServer.StartAsync(new ServerSettings { LogQuota = "off" });
        var client = server.Client();

        // What they need for their work they have after this.
        await WriteAndReadAsync(client, Log / 16);
        var before = PeaksOf(server);

        await WriteAndReadAsync(client, Log);

        var after = PeaksOf(server);
        output.WriteLine($"peak memory in bytes, before and after: {before}, {after}");
        Assert.InRange(after.Daemon - before.Daemon, 0, Growth);
        Assert.InRange(after.Supervisor - before.Supervisor, 0, Growth);
    }

    private static (long Daemon, long Supervisor) PeaksOf(LevityServer server) =>
        (ProcessTable.PeakMemory(server.Pid), ProcessTable.PeakMemory(server.SupervisorPid));

    private static async Task WriteAndReadAsync(TestClient client, long count)
    {
        var id = await client.StartAsync("head", "-c", count.ToString(CultureInfo.InvariantCulture), "/dev/zero");

        Assert.Equal(count, await client.Follow(id).LengthAsync());
        await client.SuccessAsync(id);
        Assert.Equal(count, await client.Follow(id).LengthAsync());
    }
}
