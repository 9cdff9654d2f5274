using Levity.Daemon.Registry;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Tasks;

/// <summary>News of endings, in odd orders and with a registry that fails.</summary>
public sealed class TaskSupervisionTests : IAsyncLifetime
{
    private SupervisedTasks _world = null!;

    public async ValueTask InitializeAsync() => _world = await SupervisedTasks.RunningAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task An_exit_may_overtake_the_answer_to_the_start()
    {
        _world.Supervisor.OnStart = async request =>
        {
            _world.Supervision.ChildEnded(new ChildEnded { TaskId = request.TaskId, ExitCode = 3 });
            await _world.Journal.WaitForAsync($"forget {request.TaskId}");
            return ScriptedSupervisor.Started();
        };

        var task = await _world.StartAsync();

        Assert.Equal((TaskState.Finished, 3), (task.Record.State, task.Record.ExitCode));
        Assert.Equal(task.Record, _world.Registry.Durable[task.Record.Id]);
    }

    [Theory]
    [InlineData(false, TaskState.Running)]
    [InlineData(true, TaskState.Signalled)]
    public async Task A_task_that_is_being_stopped_by_itself_is_Signalled(bool stopping, object state)
    {
        var task = await _world.StartAsync();

        _world.Supervision.ChildChanged(new LiveChild { TaskId = task.Record.Id.ToString(), Stopping = stopping });
        _world.Supervision.ChildChanged(new LiveChild { TaskId = "nobody", Stopping = true });

        Assert.Equal(state, task.Record.State);
    }

    [Fact]
    public async Task Where_a_task_is_with_its_attempts_is_told_and_news_that_comes_late_takes_nothing_back()
    {
        var task = await _world.StartAsync();
        var id = task.Record.Id.ToString();
        var first = new LiveChild { TaskId = id, Attempt = 1 };
        var waits = new LiveChild
        {
            TaskId = id,
            Attempt = 1,
            NextAttemptAtUnixNs = 2_000_000_000,
            LastEnd = new ChildEnded { ExitCode = 3, EndedAtUnixNs = 1_000_000_000 },
        };
        var second = new LiveChild { TaskId = id, Attempt = 2, LastEnd = waits.LastEnd };
        var changes = 0;
        task.Changed += _ => changes++;

        _world.Supervision.ChildChanged(first);
        Assert.Null(task.Record.Attempt);
        _world.Supervision.ChildChanged(waits);
        Assert.Equal((1, DateTimeOffset.UnixEpoch.AddSeconds(2)), (task.Record.Attempt?.Number, task.Record.Attempt?.NextAt));
        Assert.Equal(
            new AttemptEnd { ExitCode = 3, EndedAt = new() { Seconds = 1 } }, task.Record.Attempt?.Last);
        foreach (var news in (LiveChild[])[second, waits, second])
        {
            _world.Supervision.ChildChanged(news);
        }

        Assert.Equal((2, null), (task.Record.Attempt?.Number, task.Record.Attempt?.NextAt));
        Assert.Equal((2, TaskState.Running), (changes, task.Record.State));
    }

    [Fact]
    public async Task An_end_is_forgotten_over_there_only_once_it_is_written_down()
    {
        var task = await _world.StartAsync();
        var id = task.Record.Id.ToString();
        var asked = new TaskCompletionSource();
        var writing = new TaskCompletionSource();
        _world.Registry.BeforeChange = (_, _) =>
        {
            asked.TrySetResult();
            return writing.Task;
        };

        _world.Supervision.ChildEnded(new ChildEnded { TaskId = id, ExitCode = 0 });
        await Soon.Async(asked.Task);
        Assert.DoesNotContain($"forget {id}", _world.Journal.Entries);
        Assert.False(task.IsOver);
        writing.SetResult();
        await _world.Journal.WaitForAsync($"forget {id}");

        Assert.True(task.IsOver);
        Assert.Equal([$"updated {id} Finished", $"forget {id}"], _world.Journal.Entries.TakeLast(2));
    }

    [Fact]
    public async Task An_end_that_is_told_twice_is_one_end()
    {
        var task = await _world.StartAsync();
        var id = task.Record.Id.ToString();

        _world.Supervision.ChildEnded(new ChildEnded { TaskId = id, ExitCode = 3 });
        await _world.Journal.WaitForAsync($"forget {id}");
        var before = task.Record;
        _world.Supervision.ChildEnded(new ChildEnded { TaskId = id, ExitCode = 4 });
        await _world.Journal.WaitForAsync($"forget {id}", times: 2);

        Assert.Same(before, task.Record);
        Assert.Equal(before, _world.Registry.Durable[task.Record.Id]);
        Assert.Single(_world.Journal.Entries, $"updated {id} Finished");
    }

    [Fact]
    public async Task An_end_that_is_told_twice_in_one_breath_is_one_end()
    {
        await using var world = new SupervisedTasks();
        var task = await world.StartAsync();
        var id = task.Record.Id.ToString();
        world.Registry.BeforeChange = async (_, _) => await Task.Yield();

        world.Supervision.ChildEnded(new ChildEnded { TaskId = id, ExitCode = 3 });
        world.Supervision.ChildEnded(new ChildEnded { TaskId = id, ExitCode = 3 });
        world.Run();
        await world.Journal.WaitForAsync($"forget {id}");

        Assert.Equal((TaskState.Finished, 3), (task.Record.State, task.Record.ExitCode));
        Assert.Equal(task.Record, world.Registry.Durable[task.Record.Id]);
    }

    [Fact]
    public async Task The_end_of_a_task_that_is_not_on_record_is_forgotten_at_once()
    {
        _world.Supervision.ChildEnded(new ChildEnded { TaskId = TaskId.New().ToString(), ExitCode = 0 });
        _world.Supervision.ChildEnded(new ChildEnded { TaskId = "no id at all", ExitCode = 0 });

        await _world.Journal.WaitForAsync("forget no id at all");

        Assert.Equal(2, _world.Journal.Entries.Count);
    }

    [Fact]
    public async Task While_the_registry_cannot_write_an_end_is_kept_and_tried_again()
    {
        var task = await _world.StartAsync();
        var id = task.Record.Id.ToString();
        _world.Registry.BeforeChange = (_, _) => throw ScriptedRegistry.Full();
        _world.Supervision.ChildEnded(new ChildEnded { TaskId = id, ExitCode = 3 });
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var pause = await _world.Time.NextTimerAsync();
            Assert.False(task.IsOver);
            Assert.DoesNotContain($"forget {id}", _world.Journal.Entries);
            _world.Time.Advance(pause);
        }

        // Not before the last attempt has failed: it would succeed, and nobody would wait any more.
        var last = await _world.Time.NextTimerAsync();
        _world.Registry.BeforeChange = (_, _) => Task.CompletedTask;
        _world.Time.Advance(last);
        await _world.Journal.WaitForAsync($"forget {id}");

        Assert.Equal((TaskState.Finished, 3), (task.Record.State, task.Record.ExitCode));
    }

    [Fact]
    public async Task Of_many_ends_only_those_that_were_not_written_down_are_tried_again()
    {
        var good = await _world.StartAsync();
        var bad = await _world.StartAsync();
        _world.Registry.BeforeChange = (_, id) =>
            id == bad.Record.Id ? throw ScriptedRegistry.Full() : Task.CompletedTask;

        _world.Supervision.ChildEnded(new ChildEnded { TaskId = bad.Record.Id.ToString(), ExitCode = 1 });
        _world.Supervision.ChildEnded(new ChildEnded { TaskId = good.Record.Id.ToString(), ExitCode = 2 });
        var pause = await _world.Time.NextTimerAsync();
        _world.Registry.BeforeChange = (_, _) => Task.CompletedTask;
        _world.Time.Advance(pause);
        await _world.Journal.WaitForAsync($"forget {bad.Record.Id}");
        await _world.Journal.WaitForAsync($"forget {good.Record.Id}");

        Assert.Equal((1, 2), (bad.Record.ExitCode, good.Record.ExitCode));
        Assert.Single(_world.Journal.Entries, $"updated {good.Record.Id} Finished");
    }

    [Fact]
    public async Task Many_ends_in_one_breath_all_arrive()
    {
        var tasks = new List<ManagedTask>();
        for (var i = 0; i < 2500; i++)
        {
            tasks.Add(await _world.StartAsync());
        }

        tasks.ForEach(task =>
            _world.Supervision.ChildEnded(new ChildEnded { TaskId = task.Record.Id.ToString(), ExitCode = 0 }));
        foreach (var task in tasks)
        {
            await _world.Journal.WaitForAsync($"forget {task.Record.Id}");
        }

        Assert.All(tasks, task => Assert.Equal(TaskState.Finished, task.Record.State));
        Assert.Empty(_world.Tasks.Unfinished);
    }

    [Fact]
    public async Task Who_follows_a_log_is_woken_by_the_tasks_end()
    {
        var task = await _world.StartAsync();
        var id = task.Record.Id.ToString();
        var following = _world.Tail.WaitAsync(
            id, 100, () => false, TestContext.Current.CancellationToken);

        _world.Supervision.ChildEnded(new ChildEnded { TaskId = id, ExitCode = 0 });
        await Soon.Async(following);

        // Whoever is woken by the end sees the end.
        Assert.True(task.IsOver);
    }

    [Fact]
    public async Task Who_follows_a_log_is_woken_by_its_growth()
    {
        var task = await _world.StartAsync();
        var following = _world.Tail.WaitAsync(
            task.Record.Id.ToString(), 100, () => false, TestContext.Current.CancellationToken);

        _world.Supervision.LogGrown(new LogGrown { TaskId = task.Record.Id.ToString(), End = 101 });

        await Soon.Async(following);
    }

    [Fact]
    public async Task Stopping_in_the_middle_of_a_retry_is_no_failure()
    {
        var task = await _world.StartAsync();
        _world.Registry.BeforeChange = (_, _) => throw ScriptedRegistry.Full();
        _world.Supervision.ChildEnded(new ChildEnded { TaskId = task.Record.Id.ToString(), ExitCode = 3 });
        await _world.Time.NextTimerAsync();

        await _world.StopAsync();

        Assert.False(task.IsOver);
        Assert.DoesNotContain($"forget {task.Record.Id}", _world.Journal.Entries);
    }
}
