using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Logs;

/// <summary>
/// On a full disk tasks go on, what they write meanwhile is lost and told, and nothing new is started; all of that is
/// over when there is room again.
/// </summary>
public sealed class FullDiskTests
{
    private static readonly ServerSettings Small = new() { StateFileSystem = "size=16m,nr_inodes=200" };

    [Fact]
    public async Task A_task_outlives_a_full_disk_and_its_log_tells_what_is_missing()
    {
        await using var server = await LevityServer.StartAsync(Small);
        var client = server.Client();
        var (wrote, go) = (new Gate(server), new Gate(server));
        var id = await client.ShellAsync(
            $"echo before; {Gate.Wait}; head -c 3000000 /dev/zero; : > \"$2\"; "
            + "while [ ! -e \"$3\" ]; do sleep 0.02; done; echo after",
            wrote.FilePath,
            wrote.FilePath + "-done",
            go.FilePath);
        await client.OutputAsync(id, "before\n");
        server.Disk.Fill();

        wrote.Open();
        await Eventually.TrueAsync(() => File.Exists(wrote.FilePath + "-done"), "all being written");
        Assert.Equal(TaskStatusCode.Running, (await client.QueryAsync(id)).StatusCode);
        server.Disk.Free();
        go.Open();
        await client.SuccessAsync(id);

        var messages = await client.Follow(id).AllAsync();
        var missing = messages.Where(message => message.Gap is not null).Sum(message => (long)message.Gap.MissingBytes);
        Assert.True(missing > 0);
        Assert.Equal(missing, (long)(await client.QueryAsync(id)).Ending.LostLogBytes);
        Assert.Equal(3_000_000 + "before\nafter\n".Length, messages.Text().Length + missing);
        Assert.StartsWith("before\n", messages.Text(), StringComparison.Ordinal);
        Assert.EndsWith("after\n", messages.Text(), StringComparison.Ordinal);
        Assert.Equal(StreamLogsResponse.EventOneofCase.Sealed, messages[^1].EventCase);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_log_whose_end_found_no_room_gets_it_later(bool upgraded)
    {
        await using var server = await LevityServer.StartAsync(Small);
        var client = server.Client();
        var go = new Gate(server);

        // The first frame fills the log's first page: in what is left of a page its end would find room on a full disk.
        const int header = 40, overhead = 20, page = 4096;
        var first = new string('\0', page - header - overhead);
        var id = await client.ShellAsync(
            $"head -c {first.Length} /dev/zero; {Gate.Wait}; head -c 100000 /dev/zero; exit 3", go.FilePath);
        await using var follower = server.Cli().Start("logs", "-f", id);
        await follower.Output.ContainsAsync(first);
        var log = Path.Combine(server.StateDirectory, "logs", id);
        Assert.Equal(page, new DirectoryInfo(log).GetFiles().Sum(file => file.Length));
        server.Disk.Fill();
        go.Open();

        // It cannot go into the registry either; the supervisor keeps both in mind. Its own messages have a page.
        await Eventually.TrueAsync(
            () => File.ReadAllText(server.SupervisorMessages).Contains("could not be sealed", StringComparison.Ordinal),
            "the end of the task");
        if (upgraded)
        {
            // What the log lacks is in no file: the next program has it from the one before.
            (await server.UpgradeAsync()).Successful();
        }

        server.Disk.Free();

        var end = await client.EndAsync(id);
        Assert.Equal((TaskStatusCode.Finished, 3), (end.StatusCode, end.ExitCode));
        (await follower.ResultAsync()).Successful();
        var messages = await Eventually.GetAsync(
            async () => await client.Follow(id).AllAsync() is var read && read.Any(IsKnownGap) ? read : null,
            () => "the log's end");
        var missing = messages.Where(IsKnownGap).Sum(message => (long)message.Gap.MissingBytes);
        Assert.Equal((100_000L, 100_000L), (missing, (long)end.Ending.LostLogBytes));
        Assert.Equal(first, messages.Text());
        Assert.Equal(StreamLogsResponse.EventOneofCase.Sealed, messages[^1].EventCase);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_is_started_until_there_is_room_again(bool space)
    {
        await using var server = await LevityServer.StartAsync(Small);
        var client = server.Client();
        var running = await client.ShellAsync("echo ready; exec sleep 300");
        await client.OutputAsync(running, "ready\n");
        (space ? (Action)server.Disk.Fill : server.Disk.TakeInodes)();

        for (var i = 0; i < 3; i++)
        {
            var refusal = await Assert.ThrowsAsync<RpcException>(() => client.StartAsync("true"));
            Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
            Assert.Contains("the server's disk is full", refusal.Status.Detail, StringComparison.Ordinal);
            Assert.Contains("make room", refusal.Status.Detail, StringComparison.Ordinal);
        }

        Assert.Equal(TaskStatusCode.Running, (await client.QueryAsync(running)).StatusCode);
        (space ? (Action)server.Disk.Free : server.Disk.FreeInodes)();
        await client.SuccessAsync(await client.StartAsync("true"));
        Assert.Equal(TaskStatusCode.Running, (await client.QueryAsync(running)).StatusCode);
    }

    private static bool IsKnownGap(StreamLogsResponse message) => message.Gap is { MissingBytes: > 0 };
}
