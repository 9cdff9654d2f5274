using Grpc.Core;
using Levity.Daemon.Api;
using Levity.Daemon.Security;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;

namespace Levity.Daemon.Tests.Api;

public sealed class StreamLimitTests
{
    private readonly StreamLimit _limit = new(new LimitTable(
        new UserLimits { OpenStreams = 2 },
        new Dictionary<string, UserLimits> { ["carol"] = new() }));

    [Fact]
    public async Task A_user_has_no_more_open_streams_than_the_limit_and_others_have_theirs()
    {
        var end = new TaskCompletionSource();
        var open = new[] { ServerStreamAsync("alice", end.Task), DuplexStreamAsync("alice", end.Task) };

        foreach (var refused in new[] { ServerStreamAsync("alice", end.Task), DuplexStreamAsync("alice", end.Task) })
        {
            var e = await Assert.ThrowsAsync<RpcException>(() => refused);
            Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
            Assert.StartsWith(
                "open-streams: the limit of alice is 2, and there are 2: ", e.Status.Detail, StringComparison.Ordinal);
        }

        string[] others = ["bob", "bob", "carol", "carol", "carol", "carol"];
        open = [.. open, .. others.Select(user => ServerStreamAsync(user, end.Task))];
        Assert.All(open, stream => Assert.False(stream.IsCompleted));
        end.SetResult();
        await Soon.Async(Task.WhenAll(open));
    }

    [Fact]
    public async Task A_stream_that_has_ended_in_whatever_way_makes_room()
    {
        for (var i = 0; i < 5; i++)
        {
            await ServerStreamAsync("alice", Task.CompletedTask);
            await DuplexStreamAsync("alice", Task.CompletedTask);
            await Assert.ThrowsAsync<InvalidDataException>(
                () => ServerStreamAsync("alice", Task.FromException(new InvalidDataException())));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => DuplexStreamAsync("alice", Task.FromCanceled(new CancellationToken(canceled: true))));
        }
    }

    [Fact]
    public async Task Calls_that_are_no_streams_are_not_counted()
    {
        var end = new TaskCompletionSource();
        var open = new[] { ServerStreamAsync("alice", end.Task), ServerStreamAsync("alice", end.Task) };

        await _limit.UnaryServerHandler(
            new QueryTaskRequest(), Call("alice"), (_, _) => Task.FromResult(new QueryTaskResponse()));

        end.SetResult();
        await Soon.Async(Task.WhenAll(open));
    }

    private Task ServerStreamAsync(string user, Task end) => _limit.ServerStreamingServerHandler(
        new StreamLogsRequest(), new CollectingWriter<StreamLogsResponse>(), Call(user), (_, _, _) => end);

    private Task DuplexStreamAsync(string user, Task end) =>
        _limit.DuplexStreamingServerHandler<StreamLogsRequest, StreamLogsResponse>(
            null!, new CollectingWriter<StreamLogsResponse>(), Call(user), (_, _, _) => end);

    private static FakeCall Call(string user) =>
        new(new CallerIdentity(user, DateTimeOffset.MaxValue), TestContext.Current.CancellationToken);
}
