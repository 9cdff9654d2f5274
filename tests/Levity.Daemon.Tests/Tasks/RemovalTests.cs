using Levity.Daemon.LogStreaming;
using Levity.Daemon.Registry;
using Levity.Daemon.Supervision;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Daemon.Tests.LogStreaming;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Tasks;

public sealed class RemovalTests : IAsyncLifetime
{
    private SupervisedTasks _world = null!;

    public async ValueTask InitializeAsync() => _world = await SupervisedTasks.RunningAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_task_that_is_over_goes_with_its_record_and_its_log()
    {
        var task = await EndedAsync();

        Assert.Equal(RemoveOutcome.Removed, await RemoveAsync(task));

        Assert.False(_world.Tasks.TryFind(task.Record.Id, out _));
        Assert.Empty(_world.Registry.Durable);
        Assert.False(HasLog(task));
        Assert.Null(_world.Supervisor.LastStop);
    }

    [Fact]
    public async Task A_task_without_a_log_can_be_removed_too()
    {
        var task = await EndedAsync();
        Directory.Delete(LogOf(task), recursive: true);

        Assert.Equal(RemoveOutcome.Removed, await RemoveAsync(task));

        Assert.Empty(_world.Registry.Durable);
    }

    [Fact]
    public async Task The_log_goes_before_the_record()
    {
        var task = await EndedAsync();
        bool? hadLog = null;
        _world.Registry.BeforeChange = (_, _) =>
        {
            hadLog = HasLog(task);
            return Task.CompletedTask;
        };

        await RemoveAsync(task);

        Assert.False(hadLog);
    }

    [Fact]
    public async Task A_log_that_cannot_be_removed_keeps_the_record()
    {
        var task = await EndedAsync();
        Directory.CreateDirectory(Path.Combine(LogOf(task), "not a file"));

        var e = await Assert.ThrowsAsync<LogNotRemovedException>(() => RemoveAsync(task));

        Assert.Contains(task.Record.Id.ToString(), e.Message, StringComparison.Ordinal);
        Assert.Same(task, _world.Find(task.Record.Id));
        Assert.Single(_world.Registry.Durable);
        Assert.False(task.IsRemoved);
    }

    [Fact]
    public async Task A_removal_that_fails_half_way_can_be_tried_again()
    {
        var task = await EndedAsync();
        _world.Registry.BeforeChange = (_, _) => throw ScriptedRegistry.Full();
        await Assert.ThrowsAsync<RegistryUnavailableException>(() => RemoveAsync(task));
        Assert.Same(task, _world.Find(task.Record.Id));
        Assert.False(task.IsRemoved);

        _world.Registry.BeforeChange = (_, _) => Task.CompletedTask;

        Assert.Equal(RemoveOutcome.Removed, await RemoveAsync(task));
        Assert.Empty(_world.Registry.Durable);
    }

    [Fact]
    public async Task A_live_task_is_not_removed_without_force()
    {
        var task = await _world.StartAsync();
        Assert.Equal(RemoveOutcome.NotOver(TaskState.Running), await RemoveAsync(task));
        await _world.Tasks.StopAsync(task, "alice");
        Assert.Equal(RemoveOutcome.NotOver(TaskState.Signalled), await RemoveAsync(task));

        Assert.Same(task, _world.Find(task.Record.Id));
        Assert.Single(_world.Registry.Durable);
        Assert.Equal(7000, _world.Supervisor.LastStop!.GraceMs);
    }

    [Fact]
    public async Task With_force_a_live_task_is_killed_and_removed_once_its_end_is_on_record()
    {
        var task = await _world.StartAsync();
        var id = task.Record.Id;
        using (new TestLog(_world.Logs, id.ToString()).Write("hello"))
        {
            var removal = RemoveAsync(task, force: true);
            await _world.Journal.WaitForAsync($"stop {id}");
            Assert.False(removal.IsCompleted);
            Assert.True(HasLog(task));

            _world.Supervision.ChildEnded(new ChildEnded { TaskId = id.ToString(), Signal = 9, GraceExpired = true });

            Assert.Equal(RemoveOutcome.Removed, await Soon.Async(removal));
        }

        Assert.Equal(
            new StopChild { TaskId = id.ToString(), GraceMs = 0, RequestedBy = "alice" }, _world.Supervisor.LastStop);
        var news = _world.Journal.Entries.Where(entry => !entry.StartsWith("forget", StringComparison.Ordinal));
        Assert.Equal([$"stop {id}", $"updated {id} BrutallyKilled", $"removed {id}"], news.TakeLast(3));
        Assert.False(HasLog(task));
        await _world.Journal.WaitForAsync($"forget {id}");
    }

    [Fact]
    public async Task A_task_that_was_asked_to_stop_is_killed_at_once_by_force()
    {
        var task = await _world.StartAsync();
        await _world.Tasks.StopAsync(task, "alice");
        _world.Supervisor.OnStop = stop =>
        {
            _world.Supervision.ChildEnded(new ChildEnded { TaskId = stop.TaskId, Signal = 9 });
            return Task.CompletedTask;
        };

        Assert.Equal(RemoveOutcome.Removed, await Soon.Async(RemoveAsync(task, force: true)));

        Assert.Equal(0, _world.Supervisor.LastStop!.GraceMs);
    }

    [Fact]
    public async Task Force_on_a_task_that_is_over_kills_nothing()
    {
        var task = await EndedAsync();

        Assert.Equal(RemoveOutcome.Removed, await RemoveAsync(task, force: true));

        Assert.Null(_world.Supervisor.LastStop);
    }

    [Fact]
    public async Task A_task_that_is_being_started_is_not_removed_even_by_force()
    {
        var starting = new TaskCompletionSource<Reply>();
        _world.Supervisor.OnStart = _ => starting.Task;
        var start = _world.Tasks.StartAsync("alice", SupervisedTasks.SomeRequest());
        var task = Assert.Single(_world.Tasks.Unfinished);

        Assert.Equal(RemoveOutcome.NotOver(TaskState.NotStarted), await RemoveAsync(task, force: true));

        Assert.Null(_world.Supervisor.LastStop);
        starting.SetResult(ScriptedSupervisor.Started());
        Assert.Equal(task.Record.Id, (await start).Id);
        Assert.Equal(TaskState.Running, task.Record.State);
    }

    [Fact]
    public async Task A_kill_that_does_not_reach_the_supervisor_removes_nothing()
    {
        var task = await _world.StartAsync();
        _world.Supervisor.OnStop = _ => throw ScriptedSupervisor.Unavailable();

        await Assert.ThrowsAsync<SupervisorUnavailableException>(() => RemoveAsync(task, force: true));

        Assert.Equal(TaskState.Running, _world.Find(task.Record.Id).Record.State);
    }

    [Fact]
    public async Task Whoever_does_not_wait_for_the_end_leaves_a_record_that_can_be_removed()
    {
        var task = await _world.StartAsync();
        using var caller = new CancellationTokenSource();
        var removal = _world.Tasks.RemoveAsync(task, "alice", force: true, caller.Token);
        await _world.Journal.WaitForAsync($"stop {task.Record.Id}");

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Soon.Async(removal));
        await _world.Tasks.EndAsync(task, new ChildEnded { TaskId = task.Record.Id.ToString(), Signal = 9 });
        Assert.Equal(RemoveOutcome.Removed, await RemoveAsync(task));
    }

    [Fact]
    public async Task Of_many_who_remove_at_once_one_has_removed_it_and_the_others_find_it_gone()
    {
        for (var round = 0; round < 50; round++)
        {
            var task = await EndedAsync();
            using var together = new Barrier(4);
            var outcomes = await Soon.Async(Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                together.SignalAndWait();
                return RemoveAsync(task, force: true);
            }))));

            Assert.Equal(
                [RemoveResult.Removed, RemoveResult.Gone, RemoveResult.Gone, RemoveResult.Gone],
                outcomes.Select(outcome => outcome.Result).Order());
            Assert.Single(_world.Journal.Entries, $"removed {task.Record.Id}");
        }
    }

    [Fact]
    public async Task Whoever_waits_for_another_removal_takes_over_when_that_fails()
    {
        var task = await EndedAsync();
        var writing = new TaskCompletionSource();
        var calls = 0;
        _world.Registry.BeforeChange = (_, _) => ++calls == 1 ? writing.Task : Task.CompletedTask;
        var first = RemoveAsync(task);
        var second = RemoveAsync(task);
        Assert.True(task.IsRemoved);
        Assert.False(second.IsCompleted);

        writing.SetException(ScriptedRegistry.Full());

        await Assert.ThrowsAsync<RegistryUnavailableException>(() => Soon.Async(first));
        Assert.Equal(RemoveOutcome.Removed, await Soon.Async(second));
        Assert.Empty(_world.Registry.Durable);
    }

    [Fact]
    public async Task Late_news_of_a_removed_task_bring_nothing_back()
    {
        var task = await EndedAsync();
        var id = task.Record.Id.ToString();
        await RemoveAsync(task);

        _world.Supervision.ChildEnded(new ChildEnded { TaskId = id, ExitCode = 4 });
        await _world.Journal.WaitForAsync($"forget {id}");
        await _world.Tasks.StopAsync(task, "alice");
        await _world.Tasks.EndAsync(task, new ChildEnded { TaskId = id, ExitCode = 4 });

        Assert.Empty(_world.Registry.Durable);
        Assert.Null(_world.Supervisor.LastStop);
        Assert.Equal(3, task.Record.ExitCode);
    }

    private async Task<ManagedTask> EndedAsync()
    {
        var task = await _world.StartAsync();
        using (new TestLog(_world.Logs, task.Record.Id.ToString()).Write("hello").Seal())
        {
            await _world.Tasks.EndAsync(task, new ChildEnded { TaskId = task.Record.Id.ToString(), ExitCode = 3 });
        }

        return task;
    }

    private Task<RemoveOutcome> RemoveAsync(ManagedTask task, bool force = false) =>
        _world.Tasks.RemoveAsync(task, "alice", force, TestContext.Current.CancellationToken);

    private string LogOf(ManagedTask task) => Path.Combine(_world.Logs, task.Record.Id.ToString());

    private bool HasLog(ManagedTask task) => Directory.Exists(LogOf(task));
}
