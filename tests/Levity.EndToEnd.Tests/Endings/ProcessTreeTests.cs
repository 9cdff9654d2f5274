using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Endings;

/// <summary>When a task is over, nothing of it is alive.</summary>
public sealed class ProcessTreeTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestClient _client = shared.Server.Client();

    // It would take 300 seconds to wait for the grandchild, which has a session of its own and the output open.
    [Fact]
    public async Task A_task_ends_with_its_first_process_and_takes_what_it_left_behind_along()
    {
        var id = await _client.ShellAsync("setsid sleep 300 & echo hi; exit 7");

        var end = await _client.EndAsync(id);

        Assert.Equal((TaskStatusCode.Finished, 7), (end.StatusCode, end.ExitCode));
        Assert.Equal(1, end.Ending.ProcessesKilled);
        Assert.Equal("hi\n", (await _client.FetchAsync(id)).Stdout.ToStringUtf8());
        Assert.Empty(ProcessTable.OfTask(id));
    }

    [Fact]
    public async Task A_daemon_dies_with_the_task_that_it_was_started_by()
    {
        var id = await _client.ChildAsync("double-fork");

        await _client.SuccessAsync(id);

        Assert.Empty(ProcessTable.OfTask(id));
    }

    [Fact]
    public async Task A_daemon_dies_when_its_task_is_stopped()
    {
        // The daemon ignores SIGTERM and has lost its parent and its session.
        var id = await _client.ShellAsync(
            "(setsid sh -c 'trap \"\" TERM; echo ready; exec sleep 300' &); exec sleep 300");
        await _client.OutputAsync(id, "ready\n");
        await Eventually.TrueAsync(() => ProcessTable.OfTask(id).Count == 2, "the daemon and the task's first process");

        await _client.SignalAsync(id);
        var end = await _client.EndAsync(id);

        Assert.Equal((TaskStatusCode.Finished, 1), (end.StatusCode, end.Ending.ProcessesKilled));
        Assert.Empty(ProcessTable.OfTask(id));
    }

    [Fact]
    public async Task A_task_that_closes_its_output_goes_on()
    {
        var id = await _client.ShellAsync("echo last; exec >&- 2>&-; exec sleep 300");
        await _client.OutputAsync(id, "last\n");
        await Eventually.TrueAsync(
            () => ProcessTable.OfTask(id) is [var pid] && ProcessTable.OpenDescriptors(pid) == 1,
            "its output being closed");

        Assert.Equal(TaskStatusCode.Running, (await _client.QueryAsync(id)).StatusCode);
        await _client.SignalAsync(id);

        Assert.Equal(TaskStatusCode.Finished, (await _client.EndAsync(id)).StatusCode);
    }

    [Fact]
    public async Task An_ending_tells_when_and_at_what_price()
    {
        var before = TimeProvider.System.GetUtcNow();
        var id = await _client.ShellAsync("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done");

        var ending = (await _client.EndAsync(id)).Ending;

        Assert.InRange(ending.StartedAt.ToDateTimeOffset(), before, ending.EndedAt.ToDateTimeOffset());
        Assert.InRange(ending.EndedAt.ToDateTimeOffset(), before, TimeProvider.System.GetUtcNow());
        Assert.NotEqual(TimeSpan.Zero, ending.Usage.UserTime.ToTimeSpan());
        Assert.NotEqual(0, ending.Usage.MaxRssBytes);
    }
}
