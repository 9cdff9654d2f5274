using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Endings;

/// <summary>Single signals, and stops with a grace of their own.</summary>
public sealed class SignalTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const int Sigusr1 = 10;

    private readonly LevityCommand _levity = shared.Server.Cli();
    private readonly TestClient _client = shared.Server.Client();

    [Fact]
    public async Task A_signal_goes_to_the_first_process_and_with_tree_to_all_and_the_task_runs_on()
    {
        var id = await TwoCountersAsync(_client);

        (await _levity.RunAsync("signal", "-s", "usr1", id)).Successful();
        await _client.OutputAsync(id, "leader\n");
        (await _levity.RunAsync("signal", "-s", "SIGUSR1", "--tree", id)).Successful();

        await AssertCountedAsync(_client, id);
    }

    [Fact]
    public async Task So_it_does_for_a_user_without_control_groups()
    {
        Assert.SkipWhen(await Unprivileged.ObstacleAsync() is not null, "there is no other user to be had here");
        await using var server = await LevityServer.StartAsync(new ServerSettings { UserId = Unprivileged.UserId });
        var client = server.Client();
        var id = await TwoCountersAsync(client);

        await client.SignalAsync(new SignalTaskRequest { TaskId = TestClient.Handle(id), Signal = Sigusr1 });
        await client.OutputAsync(id, "leader\n");
        await client.SignalAsync(new SignalTaskRequest { TaskId = TestClient.Handle(id), Signal = Sigusr1, Tree = true });

        await AssertCountedAsync(client, id);
    }

    [Fact]
    public async Task A_task_that_is_over_cannot_be_signalled_but_asked_to_stop()
    {
        var id = await _client.ShellAsync("exit 3");
        await _client.EndAsync(id);

        var refusal = await Assert.ThrowsAsync<RpcException>(
            () => _client.SignalAsync(new SignalTaskRequest { TaskId = TestClient.Handle(id), Signal = Sigusr1 }));

        Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);
        Assert.Contains(id, refusal.Status.Detail, StringComparison.Ordinal);
        (await _levity.RunAsync("stop", id)).Successful();
    }

    [Fact]
    public async Task A_stop_with_no_grace_does_not_wait_for_the_servers()
    {
        await using var server = await LevityServer.StartAsync(new ServerSettings { Grace = "1h" });
        var client = server.Client();
        var (first, second) = (await StubbornAsync(client), await StubbornAsync(client));

        var zero = new SignalTaskRequest { TaskId = TestClient.Handle(first), Grace = new Duration() };
        await client.SignalAsync(zero);
        (await server.Cli().RunAsync("stop", second)).Successful();
        Assert.Equal(TaskStatusCode.BrutallyKilled, (await client.EndAsync(first)).StatusCode);
        Assert.Equal(TaskStatusCode.Signalled, (await client.QueryAsync(second)).StatusCode);
        (await server.Cli().RunAsync("stop", "--grace", "10ms", second)).Successful();

        var end = await client.EndAsync(second);
        Assert.Equal((TaskStatusCode.BrutallyKilled, "alice"), (end.StatusCode, end.Ending.StopRequestedBy));
    }

    // The leader and another process each say so when they are signalled; once both are ready, there is a "ready".
    private static Task<string> TwoCountersAsync(TestClient client) => ReadyAsync(client, """
        trap 'echo leader' USR1; trap 'wait; exit 0' TERM
        (trap 'echo other' USR1; trap 'exit 0' TERM; echo ready; while :; do sleep 0.02; done) &
        while :; do sleep 0.02; done
        """);

    private static async Task AssertCountedAsync(TestClient client, string id)
    {
        await client.OutputAsync(id, "other\n");
        Assert.Equal(TaskStatusCode.Running, (await client.QueryAsync(id)).StatusCode);
        await client.SignalAsync(id);
        Assert.Equal(0, (await client.EndAsync(id)).ExitCode);
        var said = (await client.FetchAsync(id)).Stdout.ToStringUtf8().Split('\n');
        Assert.Equal((2, 1), (said.Count(line => line == "leader"), said.Count(line => line == "other")));
    }

    private static Task<string> StubbornAsync(TestClient client) =>
        ReadyAsync(client, "trap '' TERM; echo ready; while :; do sleep 0.2; done");

    private static async Task<string> ReadyAsync(TestClient client, string script)
    {
        var id = await client.StartAsync(
            new StartTaskRequest { Binary = "sh", Args = { "-c", script }, WorkingDir = "/" });
        await client.OutputAsync(id, "ready\n");
        return id;
    }
}
