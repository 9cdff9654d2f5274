using Levity.Daemon.Registry;
using Levity.Daemon.Supervision;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Tasks;

public sealed class TaskManagerTests : IAsyncDisposable
{
    private readonly SupervisedTasks _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task The_intent_is_durable_before_the_command_is_executed()
    {
        var task = await _world.StartAsync();
        var id = task.Record.Id;

        Assert.Equal([$"added {id}", $"start {id}"], _world.Journal.Entries);
        Assert.Equal(TaskState.NotStarted, _world.Registry.Durable[id].State);
        Assert.Equal(TaskState.Running, task.Record.State);
    }

    [Fact]
    public async Task A_task_is_its_starters_with_the_request_as_it_came_and_the_time()
    {
        var request = new StartTaskRequest { Binary = "sleep", Args = { "1" }, Environment = { ["A"] = "b" } };

        var outcome = await _world.Tasks.StartAsync("bob", request);

        var record = _world.Registry.Durable[outcome.Id];
        Assert.Equal(("bob", request, _world.Time.GetUtcNow()), (record.Owner, record.Request, record.CreatedAt));
        Assert.Equal(outcome.Id.ToString(), _world.Supervisor.LastStart!.TaskId);
        Assert.Equal(1234567ul, _world.Supervisor.LastStart!.LogQuotaBytes);
    }

    [Fact]
    public async Task A_command_that_cannot_be_executed_leaves_no_task()
    {
        _world.Supervisor.OnStart = _ =>
            Task.FromResult(ScriptedSupervisor.Failed(Failure.Types.Kind.Command, "ENOENT"));

        var outcome = await _world.Tasks.StartAsync("alice", SupervisedTasks.SomeRequest());

        Assert.Equal("ENOENT", outcome.Failure!.Message);
        Assert.False(_world.Tasks.TryFind(outcome.Id, out _));
        Assert.Empty(_world.Registry.Durable);
    }

    [Fact]
    public async Task Nothing_is_executed_and_nothing_remains_when_the_intent_cannot_be_written_down()
    {
        _world.Registry.BeforeChange = (_, _) => throw ScriptedRegistry.Full();

        await Assert.ThrowsAsync<RegistryUnavailableException>(
            () => _world.Tasks.StartAsync("alice", SupervisedTasks.SomeRequest()));

        Assert.Empty(_world.Journal.Entries);
        Assert.Empty(_world.Tasks.Unfinished);
    }

    [Fact]
    public async Task A_start_under_which_the_connection_breaks_fails_and_stays_on_record()
    {
        _world.Supervisor.OnStart = _ => throw ScriptedSupervisor.Unavailable();

        await Assert.ThrowsAsync<SupervisorUnavailableException>(
            () => _world.Tasks.StartAsync("alice", SupervisedTasks.SomeRequest()));

        Assert.Equal(TaskState.NotStarted, Assert.Single(_world.Tasks.Unfinished).Record.State);
        Assert.Single(_world.Registry.Durable);
    }

    [Fact]
    public async Task Many_starts_at_once_are_as_many_tasks()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 200).Select(
            _ => Task.Run(() => _world.Tasks.StartAsync("alice", SupervisedTasks.SomeRequest()))));

        Assert.Equal(200, outcomes.Select(outcome => outcome.Id).Distinct().Count());
        Assert.All(outcomes, outcome => Assert.Equal(TaskState.Running, _world.Find(outcome.Id).Record.State));
        Assert.Equal(200, _world.Registry.Durable.Count);
    }

    [Fact]
    public async Task A_stop_has_the_servers_grace_and_the_callers_name()
    {
        var task = await _world.StartAsync();

        await _world.Tasks.StopAsync(task, "alice");

        Assert.Equal(
            new StopChild { TaskId = task.Record.Id.ToString(), GraceMs = 7000, RequestedBy = "alice" },
            _world.Supervisor.LastStop);
        Assert.Equal(TaskState.Signalled, task.Record.State);
    }

    [Fact]
    public async Task A_stop_has_its_own_grace_when_it_is_given_one()
    {
        var task = await _world.StartAsync();

        await _world.Tasks.StopAsync(task, "alice", TimeSpan.Zero);

        Assert.Equal(0, _world.Supervisor.LastStop?.GraceMs);
    }

    [Fact]
    public async Task What_bounds_a_task_is_told_to_the_supervisor_and_its_grace_is_that_of_its_stops()
    {
        var outcome = await _world.Tasks.StartAsync("alice", new StartTaskRequest
        {
            Binary = "true",
            Timeout = new() { Seconds = 90 },
            Grace = new() { Nanos = 250_000_000 },
            StopSignal = 2,
            LogQuotaBytes = 1_000_000,
            Ulimits = { new Ulimit { Name = "nofile", Soft = 10, Hard = ulong.MaxValue } },
        });

        var start = _world.Supervisor.LastStart!;
        Assert.Equal((90_000, 250, 2), (start.TimeoutMs, start.GraceMs, start.StopSignal));
        Assert.Equal(1_000_000ul, start.LogQuotaBytes);
        Assert.Equal(new ChildLimit { Resource = 7, Soft = 10, Hard = ulong.MaxValue }, Assert.Single(start.Ulimits));
        await _world.Tasks.StopAsync(_world.Find(outcome.Id), "alice");
        Assert.Equal(250, _world.Supervisor.LastStop?.GraceMs);
    }

    [Fact]
    public async Task A_timeout_without_a_grace_has_the_servers()
    {
        await _world.Tasks.StartAsync("alice", new StartTaskRequest { Binary = "true", Timeout = new() { Seconds = 1 } });

        Assert.Equal(7000, _world.Supervisor.LastStart!.GraceMs);
    }

    [Theory]
    [InlineData(10, false)]
    [InlineData(64, true)]
    public async Task A_single_signal_is_passed_on_and_moves_no_state(int signal, bool tree)
    {
        var task = await _world.StartAsync();

        Assert.Null(await _world.Tasks.SignalAsync(task, signal, tree));

        Assert.Equal(
            new SignalChild { TaskId = task.Record.Id.ToString(), Signal = signal, Tree = tree },
            _world.Supervisor.LastSignal);
        Assert.Equal(TaskState.Running, task.Record.State);
        Assert.Null(_world.Supervisor.LastStop);
    }

    [Fact]
    public async Task A_task_that_is_over_has_no_process_for_a_single_signal()
    {
        var task = await _world.StartAsync();
        await _world.Tasks.EndAsync(task, Exited(task, 3));

        Assert.Equal(Failure.Types.Kind.NoProcess, (await _world.Tasks.SignalAsync(task, 10, tree: false))?.Kind);
        Assert.Null(_world.Supervisor.LastSignal);
    }

    [Fact]
    public async Task A_stop_of_a_task_that_is_over_does_nothing()
    {
        var task = await _world.StartAsync();
        await _world.Tasks.EndAsync(task, Exited(task, 3));
        var before = task.Record;

        await _world.Tasks.StopAsync(task, "alice");

        Assert.Null(_world.Supervisor.LastStop);
        Assert.Same(before, task.Record);
    }

    [Fact]
    public async Task A_stop_that_does_not_reach_the_supervisor_fails_and_changes_nothing()
    {
        var task = await _world.StartAsync();
        _world.Supervisor.OnStop = _ => throw ScriptedSupervisor.Unavailable();

        await Assert.ThrowsAsync<SupervisorUnavailableException>(() => _world.Tasks.StopAsync(task, "alice"));

        Assert.Equal(TaskState.Running, task.Record.State);
    }

    [Fact]
    public async Task A_task_that_ends_under_the_stop_stays_ended()
    {
        var task = await _world.StartAsync();
        _world.Supervisor.OnStop = async _ => await _world.Tasks.EndAsync(task, Exited(task, 0));

        await _world.Tasks.StopAsync(task, "alice");

        Assert.Equal(TaskState.Finished, task.Record.State);
    }

    [Fact]
    public async Task An_end_is_told_only_once_it_is_written_down()
    {
        var task = await _world.StartAsync();
        var writing = new TaskCompletionSource();
        _world.Registry.BeforeChange = (_, _) => writing.Task;

        var ending = _world.Tasks.EndAsync(task, Exited(task, 3));
        Assert.Equal(TaskState.Running, task.Record.State);
        Assert.Null(task.Record.ExitCode);
        writing.SetResult();
        await Soon.Async(ending);

        Assert.Equal((TaskState.Finished, 3), (task.Record.State, task.Record.ExitCode));
        Assert.Equal(task.Record, _world.Registry.Durable[task.Record.Id]);
    }

    [Fact]
    public async Task An_end_that_cannot_be_written_down_is_not_told_and_may_be_tried_again()
    {
        var task = await _world.StartAsync();
        _world.Registry.BeforeChange = (_, _) => throw ScriptedRegistry.Full();
        await Assert.ThrowsAsync<RegistryUnavailableException>(() => _world.Tasks.EndAsync(task, Exited(task, 3)));
        Assert.Equal(TaskState.Running, task.Record.State);

        _world.Registry.BeforeChange = (_, _) => Task.CompletedTask;
        await _world.Tasks.EndAsync(task, Exited(task, 3));

        Assert.Equal(TaskState.Finished, task.Record.State);
    }

    [Fact]
    public async Task The_first_end_is_the_end()
    {
        var task = await _world.StartAsync();
        await _world.Tasks.EndAsync(task, Exited(task, 3));
        var before = task.Record;

        await _world.Tasks.EndAsync(
            task, new ChildEnded { TaskId = task.Record.Id.ToString(), LostReason = "late news" });

        Assert.Same(before, task.Record);
        Assert.Equal(before, _world.Registry.Durable[task.Record.Id]);
    }

    [Fact]
    public async Task What_is_on_record_is_there_after_a_restart()
    {
        var running = await _world.LoadAsync(TaskState.NotStarted);
        var over = await _world.LoadAsync(TaskState.Lost);

        Assert.False(running.IsOver);
        Assert.True(over.IsOver);
        Assert.Equal([running.Record.Id], _world.Tasks.Unfinished.Select(task => task.Record.Id));
    }

    private static ChildEnded Exited(Daemon.Tasks.ManagedTask task, int code) =>
        new() { TaskId = task.Record.Id.ToString(), ExitCode = code };
}
