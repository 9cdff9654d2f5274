using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Limits;

/// <summary>What a task may use, and what is told of what it uses, through all programs.</summary>
public sealed class ResourceLimitTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const long Memory = 64 * 1024 * 1024;

    private readonly TestClient _client = shared.Server.Client();

    [Fact]
    public async Task A_task_that_wants_more_memory_than_it_may_have_is_told_to_have_ended_for_that()
    {
        var id = await StartAsync(new ResourceLimits { MemoryBytes = Memory }, "tail", "/dev/zero");

        var end = await _client.EndAsync(id);

        Assert.Equal((TaskStatusCode.Finished, 9), (end.StatusCode, end.Ending.Signal));
        Assert.True(end.Ending.OutOfMemory);
        Assert.InRange(end.Ending.MemoryPeakBytes, Memory / 2, Memory);
    }

    [Fact]
    public async Task A_fork_bomb_is_told_to_have_come_to_its_limit()
    {
        var id = await StartAsync(new ResourceLimits { Processes = 6 }, "sh", "-c", "while sleep 1000 & do :; done");

        var end = await _client.EndAsync(id);

        Assert.True(end.Ending.ProcessLimitHit);
        Assert.InRange(end.Ending.ProcessesKilled, 1, 5);
    }

    [Fact]
    public async Task What_a_task_uses_is_told_until_it_is_over()
    {
        var id = await _client.ShellAsync("sleep 1000 & while :; do :; done");
        using var call = _client.Stats(new StreamStatsRequest { TaskId = TestClient.Handle(id), Interval = new() { Nanos = 500_000_000 } });

        var stats = new List<TaskStats>();
        while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
        {
            stats.AddRange(call.ResponseStream.Current.Stats);
            if (stats.Count == 2)
            {
                await _client.SignalAsync(id);
            }
        }

        Assert.Equal((id, "alice", "sh"), (stats[1].TaskId.Id, stats[1].Owner, stats[1].Binary));
        Assert.True(stats[1] is { HasCpuShare: true, CpuShare: >= 0, Processes: 2, MemoryBytes: > 0 }, $"{stats[1]}");
        Assert.True(stats[1].UserTime.ToTimeSpan() + stats[1].SystemTime.ToTimeSpan() > TimeSpan.Zero);
    }

    private async Task<string> StartAsync(ResourceLimits limits, string binary, params string[] arguments)
    {
        try
        {
            return await _client.StartAsync(new StartTaskRequest { Binary = binary, Args = { arguments }, Limits = limits });
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.FailedPrecondition)
        {
            Assert.StartsWith("limits: ", e.Status.Detail, StringComparison.Ordinal);
            Assert.Skip($"limits cannot be enforced here: {e.Status.Detail}");
            throw;
        }
    }
}
