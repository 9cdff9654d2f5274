using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.EndToEnd.Tests.Removal;

/// <summary>levityd is killed at each step of a removal: the task is gone then, and no call finds half of it.</summary>
public sealed class CutOffRemovalTests
{
    [Theory]
    [InlineData(nameof(Failpoint.RemoveBegun))]
    [InlineData(nameof(Failpoint.RemoveLogGone))]
    [InlineData(nameof(Failpoint.RemoveRecorded))]
    public async Task A_removal_that_had_begun_when_levityd_was_killed_is_finished_when_it_starts(string step)
    {
        var armed = new ServerSettings
        {
            Environment = new Dictionary<string, string> { [Failpoints.Variable] = $"{step}=kill@1" },
        };
        await using var server = await LevityServer.StartAsync(armed);
        var client = server.Client();
        var request = new StartTaskRequest { Binary = "echo", Args = { "gone" }, RequestKey = "key" };
        var id = await client.StartAsync(request);
        await client.SuccessAsync(id);
        var kept = await client.StartAsync("echo", "kept");
        await client.SuccessAsync(kept);
        await Assert.ThrowsAsync<RpcException>(() => client.RemoveAsync(id));
        Assert.Equal(128 + 9, await server.DiedAsync());

        await server.RestartAsync(new ServerSettings());

        client = server.Client();
        Func<Task>[] calls =
        [
            () => client.QueryAsync(id), () => client.FetchAsync(id), () => client.Follow(id).NextAsync(),
            () => client.SignalAsync(id), () => client.RemoveAsync(id),
        ];
        foreach (var call in calls)
        {
            Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);
        }

        Assert.Equal([kept], server.LogIds);
        Assert.Equal("kept\n", (await client.FetchAsync(kept)).Stdout.ToStringUtf8());
        Assert.NotEqual(id, await client.StartAsync(request));
    }
}
