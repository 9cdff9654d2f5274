using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Limits;

/// <summary>What a task asks for itself: limits, a log of some size, to be removed.</summary>
public sealed class TaskLimitTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly LevityCommand _levity = shared.Server.Cli();
    private readonly TestClient _client = shared.Server.Client();

    [Fact]
    public async Task A_task_has_the_limits_that_it_was_started_with_and_so_has_what_it_starts()
    {
        var id = await _levity.StartTaskAsync(
            "--ulimit", "nofile=128:256", "--ulimit", "core=0", "sh", "-c", "ulimit -Sn; ulimit -Hn; sh -c 'ulimit -c'");
        await _client.SuccessAsync(id);

        Assert.Equal("128\n256\n0\n", (await _client.FetchAsync(id)).Stdout.ToStringUtf8());
        var told = (await _levity.RunAsync("inspect", id)).Successful().OutputText;
        Assert.Matches("ulimit: +nofile=128:256\nulimit: +core=0:0\n", told);
    }

    [Fact]
    public async Task A_user_cannot_raise_a_hard_limit_and_is_told_so()
    {
        Assert.SkipWhen(await Unprivileged.ObstacleAsync() is not null, "there is no other user to be had here");
        await using var server = await LevityServer.StartAsync(new ServerSettings
        {
            UserId = Unprivileged.UserId,
            Launcher = _ => ["prlimit", "--nofile=1000:4000"],
        });
        string[] command = ["-d", "/", "sh", "-c", "ulimit -Sn; ulimit -Hn"];

        var refused = await server.Cli().RunAsync(["start", "--ulimit", "nofile=4001", .. command]);
        var id = await server.Cli().StartTaskAsync(["--ulimit", "nofile=100:3999", .. command]);

        Assert.Equal(125, refused.ExitCode);
        Assert.StartsWith("levity: ulimits: nofile=4001:4001 cannot be set (EPERM", refused.ErrorText, StringComparison.Ordinal);
        Assert.Contains("is 4000 there", refused.ErrorText, StringComparison.Ordinal);
        await server.Client().SuccessAsync(id);
        Assert.Equal("100\n3999\n", (await server.Client().FetchAsync(id)).Stdout.ToStringUtf8());
    }

    [Fact]
    public async Task A_log_is_kept_within_its_own_quota_which_is_at_most_the_servers()
    {
        var id = await _levity.StartTaskAsync("--log-quota", "1M", "head", "-c", "5000000", "/dev/zero");
        await _client.SuccessAsync(id);

        Assert.Contains(await _client.Follow(id).AllAsync(), message => message.Gap is { MissingBytes: > 3_000_000 });
        var refused = await _levity.RunAsync("start", "--log-quota", "1025M", "true");
        Assert.StartsWith("levity: log_quota_bytes: 1074790400 is more than this server", refused.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_is_not_to_be_kept_goes_with_its_end_but_not_from_under_its_reader()
    {
        var gate = new Gate(shared.Server);
        var request = new StartTaskRequest
        {
            Binary = "sh",
            Args = { "-c", $"echo first; {Gate.Wait}; echo last", "sh", gate.FilePath },
            KeepFor = new(),
        };
        var id = await _client.StartAsync(request);
        using var follower = _client.Follow(id);
        var messages = new List<StreamLogsResponse> { await follower.NextAsync() };
        gate.Open();
        messages.AddRange(await follower.AllAsync());

        Assert.Equal("first\nlast\n", messages.Text());
        Assert.Equal(StreamLogsResponse.EventOneofCase.Sealed, messages[^1].EventCase);
        await GoneAsync(_client, id);
        await Eventually.TrueAsync(() => !shared.Server.LogIds.Contains(id), "the end of its log");
    }

    [Fact]
    public async Task One_that_ended_while_levityd_was_down_goes_when_its_time_has_come()
    {
        await using var server = await LevityServer.StartAsync();
        var gate = new Gate(server);
        var request = new StartTaskRequest
        {
            Binary = "sh",
            Args = { "-c", Gate.Wait, "sh", gate.FilePath },
            KeepFor = new() { Seconds = 1 },
        };
        var (short1, long1) = (await server.Client().StartAsync(request), await server.Cli().StartTaskAsync("--keep", "1h", "true"));
        await server.Client().EndAsync(long1);
        await server.Kill9Async();
        gate.Open();
        await Eventually.TrueAsync(() => ProcessTable.OfTask(short1).Count == 0, "its end");
        await server.RestartAsync();

        await GoneAsync(server.Client(), short1);
        var kept = await server.Client().QueryWithExpiryAsync(long1);
        Assert.InRange(
            kept.ExpiresAt.ToDateTimeOffset() - kept.Ending.EndedAt.ToDateTimeOffset(), TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
    }

    private static Task GoneAsync(TestClient client, string id) => Eventually.GetAsync(
        async () =>
        {
            try
            {
                await client.QueryAsync(id);
                return null;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
            {
                return id;
            }
        },
        () => $"task {id} being gone");
}
