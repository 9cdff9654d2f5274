using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.EndToEnd.Tests.Sharing;

/// <summary>What was acknowledged is so after any end of levityd: what was given, and above all what was taken back.</summary>
public sealed class SharingSurvivalTests
{
    private const int Tasks = 12;

    [Fact]
    public async Task What_was_shared_and_taken_back_is_so_after_a_kill_9_and_tasks_that_ended_meanwhile_have_their_ends()
    {
        await using var server = await LevityServer.StartAsync();
        var alice = server.Client();
        var ids = new List<string>();
        for (var i = 0; i < Tasks; i++)
        {
            ids.Add(await alice.ShellAsync("trap 'exit 7' TERM; echo ready; while :; do sleep 300 & wait; done"));
            await alice.ShareAsync(ids[i], "carol", read: true);
            await alice.OutputAsync(ids[i], "ready");
        }

        // All of them end while their shares are changed.
        await Task.WhenAll(ids.Select(async id =>
        {
            await Task.WhenAll(
                alice.ShareAsync(id, "bob", read: true, signal: true, validFor: TimeSpan.FromHours(1)),
                alice.UnshareAsync(id, "carol"),
                alice.SignalAsync(id));
            await alice.EndAsync(id);
        }));
        await server.Kill9Async();
        await server.RestartAsync();

        var bob = server.Client(server.Certificates.Bob);
        var carol = server.Client(server.Certificates.Clients.IssueUser("carol", "carol"));
        foreach (var id in ids)
        {
            var told = await bob.QueryAsync(id);
            Assert.Equal((TaskStatusCode.Finished, 7), (told.StatusCode, told.ExitCode));
            Assert.Equal((true, true), (told.Shares.Single().Read, told.Shares.Single().Signal));
            Assert.Equal(TimeSpan.FromHours(1), (told.Shares.Single().ExpiresAt - told.Shares.Single().SharedAt).ToTimeSpan());
            var refusal = await Assert.ThrowsAsync<RpcException>(() => carol.QueryAsync(id));
            Assert.Equal((StatusCode.NotFound, $"no such task: {id}"), (refusal.StatusCode, refusal.Status.Detail));
        }

        await server.Client().RemoveAsync(ids[0]);
        var gone = await Assert.ThrowsAsync<RpcException>(() => bob.QueryAsync(ids[0]));
        Assert.Equal(StatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task A_share_is_durable_before_it_is_acknowledged_and_so_is_that_it_was_taken_back()
    {
        await using var server = await LevityServer.StartAsync(KilledAtShare(2));
        var id = await server.Client().StartAsync("sleep", "300");
        await server.Client().ShareAsync(id, "carol", read: true);

        await Assert.ThrowsAsync<RpcException>(() => server.Client().ShareAsync(id, "bob", read: true));
        Assert.Equal(128 + 9, await server.DiedAsync());
        await server.RestartAsync(KilledAtShare(1));

        Assert.Equal(["carol", "bob"], (await server.Client().QueryAsync(id)).Shares.Select(share => share.User));
        await Assert.ThrowsAsync<RpcException>(() => server.Client().UnshareAsync(id, "bob"));
        Assert.Equal(128 + 9, await server.DiedAsync());
        await server.RestartAsync(new ServerSettings());

        Assert.Equal(["carol"], (await server.Client().QueryAsync(id)).Shares.Select(share => share.User));
    }

    private static ServerSettings KilledAtShare(int time) => new()
    {
        Environment = new Dictionary<string, string>
        {
            [Failpoints.Variable] = $"{Failpoint.ShareRecorded}=kill@{time}",
        },
    };
}
