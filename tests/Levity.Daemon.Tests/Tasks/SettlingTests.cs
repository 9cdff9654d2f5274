using Levity.Daemon.Registry;
using Levity.Daemon.Supervision;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Tasks;

/// <summary>What the two sides disagree on when a connection stands, and how TaskSupervision settles it.</summary>
public sealed class SettlingTests : IAsyncDisposable
{
    private readonly SupervisedTasks _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Nothing_is_settled_before_the_first_connection()
    {
        _world.Run();
        Assert.False(_world.Supervision.Settled.IsCompleted);

        await SettleAsync(new Welcome());

        Assert.Empty(_world.Journal.Entries);
    }

    [Fact]
    public async Task A_live_child_is_a_running_task()
    {
        var task = await _world.LoadAsync(TaskState.NotStarted);

        await SettleAsync(new Welcome { Live = { new LiveChild { TaskId = task.Record.Id.ToString() } } });

        Assert.Equal(TaskState.Running, task.Record.State);
        Assert.Empty(_world.Journal.Entries);
    }

    [Fact]
    public async Task A_live_child_that_was_asked_to_stop_is_a_signalled_task()
    {
        var task = await _world.LoadAsync(TaskState.NotStarted);

        await SettleAsync(
            new Welcome { Live = { new LiveChild { TaskId = task.Record.Id.ToString(), Stopping = true } } });

        Assert.Equal(TaskState.Signalled, task.Record.State);
    }

    [Fact]
    public async Task A_child_that_ended_meanwhile_is_written_down_and_forgotten()
    {
        var task = await _world.LoadAsync(TaskState.NotStarted);
        var id = task.Record.Id.ToString();

        await SettleAsync(new Welcome { Ended = { new ChildEnded { TaskId = id, ExitCode = 17 } } });

        Assert.Equal((TaskState.Finished, 17), (task.Record.State, task.Record.ExitCode));
        Assert.Equal([$"updated {id} Finished", $"forget {id}"], _world.Journal.Entries);
    }

    [Fact]
    public async Task A_child_that_nobody_knows_is_sealed_as_lost()
    {
        var task = await _world.LoadAsync(TaskState.NotStarted);

        await SettleAsync(new Welcome());

        Assert.Equal(TaskState.Lost, task.Record.State);
        Assert.NotEmpty(task.Record.Ending!.Reason);
        Assert.Null(task.Record.ExitCode);
        Assert.Equal(task.Record, _world.Registry.Durable[task.Record.Id]);
        Assert.Equal(task.Record.Id.ToString(), _world.Supervisor.LastSeal!.Ending.TaskId);
    }

    [Fact]
    public async Task The_log_knows_better_how_a_lost_child_ended()
    {
        var task = await _world.LoadAsync(TaskState.NotStarted);
        _world.Supervisor.OnSeal = request =>
            Task.FromResult(new Reply { ChildEnded = new ChildEnded { TaskId = request.TaskId, ExitCode = 5 } });

        await SettleAsync(new Welcome());

        Assert.Equal((TaskState.Finished, 5), (task.Record.State, task.Record.ExitCode));
    }

    [Fact]
    public async Task A_start_that_got_there_first_wins_over_the_seal()
    {
        var task = await _world.StartAsync();
        _world.Supervisor.OnSeal = _ => Task.FromResult(ScriptedSupervisor.Failed(Failure.Types.Kind.Duplicate));

        await SettleAsync(new Welcome());

        Assert.Equal(TaskState.Running, task.Record.State);
    }

    [Fact]
    public async Task A_connection_that_breaks_under_a_seal_leaves_the_rest_to_the_next_one()
    {
        var task = await _world.LoadAsync(TaskState.NotStarted);
        _world.Supervisor.OnSeal = _ => throw ScriptedSupervisor.Unavailable();
        _world.Run();
        _world.Supervision.Connected(new Welcome());
        await _world.Journal.WaitForAsync($"seal {task.Record.Id}");

        _world.Supervision.Connected(new Welcome { Live = { new LiveChild { TaskId = task.Record.Id.ToString() } } });
        await Soon.Async(_world.Supervision.Settled);
        await HandledAsync();

        Assert.Equal(TaskState.Running, task.Record.State);
    }

    [Theory]
    [InlineData("3f0ad4a5-7a0e-4a5c-9f4e-0a8ed5f0c001")]
    [InlineData("no id at all")]
    public async Task A_child_that_nobody_owns_is_stopped(string id)
    {
        await SettleAsync(new Welcome { Live = { new LiveChild { TaskId = id } } });

        Assert.Equal([$"stop {id}"], _world.Journal.Entries);
        Assert.Contains(_world.Logger.Messages, message => message.Contains(id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_child_that_nobody_owns_and_that_cannot_be_stopped_now_is_no_reason_to_end()
    {
        _world.Supervisor.OnStop = _ => throw ScriptedSupervisor.Unavailable();

        await SettleAsync(new Welcome { Live = { new LiveChild { TaskId = TaskId.New().ToString() } } });
        await HandledAsync();
    }

    [Fact]
    public async Task A_start_under_which_the_connection_broke_is_running_when_the_next_one_has_it()
    {
        var id = await StartUnderABreakAsync();

        await SettleAsync(new Welcome { Live = { new LiveChild { TaskId = id.ToString() } } });

        Assert.Equal(TaskState.Running, _world.Find(id).Record.State);
    }

    [Fact]
    public async Task A_start_under_which_the_connection_broke_is_over_when_the_next_one_says_so()
    {
        var id = await StartUnderABreakAsync();

        await SettleAsync(new Welcome { Ended = { new ChildEnded { TaskId = id.ToString(), ExitCode = 1 } } });

        Assert.Equal((TaskState.Finished, 1), (_world.Find(id).Record.State, _world.Find(id).Record.ExitCode));
    }

    [Fact]
    public async Task A_start_under_which_the_connection_broke_is_lost_when_the_next_one_does_not_know_it()
    {
        var id = await StartUnderABreakAsync();

        await SettleAsync(new Welcome());

        Assert.Equal(TaskState.Lost, _world.Find(id).Record.State);
    }

    [Fact]
    public async Task An_end_that_came_before_the_new_connection_counts_before_it()
    {
        var task = await _world.StartAsync();
        var id = task.Record.Id.ToString();

        // The supervisor told of the end and was killed; the next one knows nothing of the task.
        _world.Supervision.ChildEnded(new ChildEnded { TaskId = id, ExitCode = 3 });
        await SettleAsync(new Welcome());

        Assert.Equal((TaskState.Finished, 3), (task.Record.State, task.Record.ExitCode));
        Assert.DoesNotContain($"seal {id}", _world.Journal.Entries);
    }

    [Fact]
    public async Task A_task_that_is_over_is_not_settled_again()
    {
        var task = await _world.LoadAsync(TaskState.Finished);
        var before = task.Record;

        await SettleAsync(new Welcome { Live = { new LiveChild { TaskId = task.Record.Id.ToString() } } });

        Assert.Same(before, task.Record);
    }

    [Fact]
    public async Task A_registry_that_cannot_write_delays_the_settling_and_loses_nothing()
    {
        var ended = await _world.LoadAsync(TaskState.NotStarted);
        _world.Registry.BeforeChange = (_, _) => throw ScriptedRegistry.Full();
        _world.Run();
        _world.Supervision.Connected(
            new Welcome { Ended = { new ChildEnded { TaskId = ended.Record.Id.ToString(), ExitCode = 2 } } });

        var pause = await _world.Time.NextTimerAsync();
        Assert.False(_world.Supervision.Settled.IsCompleted);
        _world.Registry.BeforeChange = (_, _) => Task.CompletedTask;
        _world.Time.Advance(pause);
        await Soon.Async(_world.Supervision.Settled);

        Assert.Equal((TaskState.Finished, 2), (ended.Record.State, ended.Record.ExitCode));
    }

    [Fact]
    public async Task Who_follows_a_log_asks_again_on_the_new_connection()
    {
        var task = await _world.StartAsync();
        var following = _world.Tail.WaitAsync(
            task.Record.Id.ToString(), 100, () => false, TestContext.Current.CancellationToken);

        await SettleAsync(new Welcome { Live = { new LiveChild { TaskId = task.Record.Id.ToString() } } });

        await Soon.Async(following);
    }

    [Fact]
    public async Task Who_follows_a_log_does_not_wait_for_a_registry_that_cannot_write()
    {
        var live = await _world.StartAsync();
        var ended = await _world.StartAsync();
        var following = _world.Tail.WaitAsync(
            live.Record.Id.ToString(), 100, () => false, TestContext.Current.CancellationToken);
        _world.Registry.BeforeChange = (_, _) => throw ScriptedRegistry.Full();

        _world.Run();
        _world.Supervision.Connected(new Welcome
        {
            Live = { new LiveChild { TaskId = live.Record.Id.ToString() } },
            Ended = { new ChildEnded { TaskId = ended.Record.Id.ToString(), ExitCode = 2 } },
        });

        await Soon.Async(following);
    }

    private async Task<TaskId> StartUnderABreakAsync()
    {
        _world.Supervisor.OnStart = _ => throw ScriptedSupervisor.Unavailable();
        await Assert.ThrowsAsync<SupervisorUnavailableException>(
            () => _world.Tasks.StartAsync(SupervisedTasks.Owner, SupervisedTasks.SomeRequest()));
        return Assert.Single(_world.Tasks.Unfinished).Record.Id;
    }

    private async Task SettleAsync(Welcome welcome)
    {
        _world.Supervision.Connected(welcome);
        _world.Run();
        await Soon.Async(_world.Supervision.Settled);
    }

    /// <summary>All news up to now has been handled: a last piece of it has been.</summary>
    private async Task HandledAsync()
    {
        _world.Supervision.ChildEnded(new ChildEnded { TaskId = "the last piece of news" });
        await _world.Journal.WaitForAsync("forget the last piece of news");
    }
}
