using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Survival;

/// <summary>levityd stops when it is told to, whoever is connected.</summary>
public sealed class ShutdownTests
{
    // What is promised is 5 s, on a machine that has time for us. What this would find hangs for 30 s:
    // https://github.com/grpc/grpc-dotnet/issues/1649 and others.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task With_200_followers_it_does_not_wait_for_them_and_tells_them()
    {
        await using var server = await LevityServer.StartAsync();
        var id = await server.Client().ShellAsync("echo ready; exec sleep 300");
        var clients = Enumerable.Range(0, 10).Select(_ => server.Client()).ToList();
        var followers = clients.SelectMany(client => Enumerable.Range(0, 20).Select(_ => client.Follow(id))).ToList();
        await Task.WhenAll(followers.Select(follower => follower.NextAsync()));

        var ends = followers.Select(follower => Assert.ThrowsAsync<RpcException>(() => follower.NextAsync())).ToList();
        var began = TimeProvider.System.GetTimestamp();
        await Signals.SendAsync("TERM", server.Pid);
        var statuses = (await Task.WhenAll(ends)).Select(end => end.StatusCode);
        Assert.Equal(0, await server.DiedAsync());

        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, Bound);
        Assert.All(statuses, status => Assert.Equal(StatusCode.Unavailable, status));
    }
}
