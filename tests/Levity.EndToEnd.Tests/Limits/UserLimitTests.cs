using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Limits;

/// <summary>What a user is told who has as much as they may, and when they can go on.</summary>
public sealed class UserLimitTests(LimitedServer shared) : IClassFixture<LimitedServer>
{
    private readonly LevityServer _server = shared.Server;

    [Fact]
    public async Task Running_tasks_count_over_the_death_of_levityd_and_those_that_are_over_do_not()
    {
        var mia = shared.Issue("mia");
        var task = await _server.Client(mia).StartAsync("sleep", "300");
        await _server.Client(mia).StartAsync("sleep", "300");
        await AssertRefusedAsync(mia, "running-tasks: the limit of mia is 2, and there are 2: ");

        await _server.Kill9Async();
        await _server.RestartAsync();

        await AssertRefusedAsync(mia, "running-tasks: the limit of mia is 2, and there are 2: ");
        await _server.Client(mia).SignalAsync(task);
        await _server.Client(mia).EndAsync(task);
        await _server.Client(mia).StartAsync("sleep", "300");
        await AssertRefusedAsync(mia, "running-tasks: ");

        // Others have theirs.
        await _server.Client().SuccessAsync(await _server.Client().StartAsync("true"));
    }

    [Fact]
    public async Task Starts_within_a_minute_are_as_many_as_the_limit_and_then_it_is_told_when_there_is_another()
    {
        var rita = _server.Client(shared.Issue("rita"));
        await rita.SuccessAsync(await rita.StartAsync("true"));

        // Where that has taken a minute there may be another.
        var refusal = await Eventually.GetAsync(
            async () =>
            {
                try
                {
                    await rita.SuccessAsync(await rita.StartAsync("true"));
                    return null;
                }
                catch (RpcException e)
                {
                    return e;
                }
            },
            () => "a start that is one too many");

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.StartsWith(
            "starts-per-minute: the limit of rita is 1, and there are 1: try again in ",
            refusal.Status.Detail,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_logs_of_tasks_that_are_removed_do_not_count()
    {
        var lola = shared.Issue("lola");
        var task = await _server.Client(lola).ShellAsync("head -c 5000 /dev/zero");
        await _server.Client(lola).SuccessAsync(task);
        await AssertRefusedAsync(lola, "log-bytes: the limit of lola is 4096, and there are ");

        await _server.Client(lola).RemoveAsync(task);

        await _server.Client(lola).SuccessAsync(await _server.Client(lola).StartAsync("true"));
    }

    [Fact]
    public async Task A_stream_can_be_opened_when_another_one_is_closed()
    {
        var olga = _server.Client(shared.Issue("olga"));
        var task = await olga.ShellAsync("echo hello; exec sleep 300");
        using (var open = olga.Follow(task))
        {
            await open.NextAsync();
            using var other = olga.Follow(task);
            var refusal = await Assert.ThrowsAsync<RpcException>(() => other.NextAsync());
            Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
            Assert.StartsWith(
                "open-streams: the limit of olga is 1, and there are 1: ", refusal.Status.Detail, StringComparison.Ordinal);
            Assert.Equal(TaskStatusCode.Running, (await olga.QueryAsync(task)).StatusCode);
        }

        // levityd learns a little later that it is closed.
        await Eventually.GetAsync(
            async () =>
            {
                using var next = olga.Follow(task);
                try
                {
                    return await next.NextAsync();
                }
                catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
                {
                    return null;
                }
            },
            () => "room for a stream");
    }

    private async Task AssertRefusedAsync(Identity user, string message)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => _server.Client(user).StartAsync("true"));
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.StartsWith(message, refusal.Status.Detail, StringComparison.Ordinal);
    }
}
