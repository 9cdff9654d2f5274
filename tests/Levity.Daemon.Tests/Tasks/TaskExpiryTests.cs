using Levity.Daemon.Registry;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Tasks;

/// <summary>A timeout of 100 hours: a grain is 2 hours.</summary>
public sealed class TaskExpiryTests : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromHours(100);

    private static readonly TimeSpan Grain = TimeSpan.FromHours(2);

    private readonly SupervisedTasks _world = new(Timeout);
    private readonly CancellationTokenSource _stop = new();
    private Task _expiring = Task.CompletedTask;

    // What the loop has yet to sleep, as far as that is known.
    private TimeSpan _asleep;

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task A_task_that_nobody_asks_about_is_removed_when_the_timeout_is_over_and_not_before()
    {
        var id = (await EndedAsync()).Record.Id;
        Run();

        Assert.Empty(await RemovedAsync(before: TimeSpan.FromHours(100)));
        await AdvanceAsync(TimeSpan.FromHours(5));
        await _world.Journal.WaitForAsync($"removed {id}");

        Assert.False(_world.Tasks.TryFind(id, out _));
        Assert.Empty(_world.Registry.Durable);
        Assert.Null(_world.Supervisor.LastStop);
    }

    [Fact]
    public async Task A_live_task_is_killed_and_then_removed()
    {
        var task = await _world.StartAsync();
        var id = task.Record.Id;
        _world.Supervisor.OnStop = stop => _world.Tasks.EndAsync(task, new ChildEnded { TaskId = stop.TaskId, Signal = 9 });
        Run();

        await AdvanceAsync(TimeSpan.FromHours(106));
        await _world.Journal.WaitForAsync($"removed {id}");

        Assert.Equal(
            new StopChild { TaskId = id.ToString(), GraceMs = 0, RequestedBy = "levityd" }, _world.Supervisor.LastStop);
    }

    [Fact]
    public async Task Asking_gives_a_task_the_whole_timeout_again()
    {
        var task = await EndedAsync();
        Run();
        for (var day = 0; day < 20; day++)
        {
            Assert.Empty(await RemovedAsync(before: TimeSpan.FromHours(90)));
            _world.Expiry.Asked(task);
        }

        Assert.Equal(_world.Time.GetUtcNow() + Timeout, _world.Expiry.ExpiresAt(task));
        await AdvanceAsync(TimeSpan.FromHours(106));
        await _world.Journal.WaitForAsync($"removed {task.Record.Id}");
    }

    [Fact]
    public async Task A_task_whose_log_is_being_read_stays()
    {
        var task = await EndedAsync();
        Run();
        using (_world.Expiry.Reading(task))
        {
            using (_world.Expiry.Reading(task))
            {
                Assert.Empty(await RemovedAsync(before: TimeSpan.FromHours(300)));
            }

            Assert.Empty(await RemovedAsync(before: TimeSpan.FromHours(300)));

            // After a crash it would be known that somebody was reading.
            await OnRecordAsync(task, _world.Time.GetUtcNow() - Grain);
        }

        Assert.Empty(await RemovedAsync(before: TimeSpan.FromHours(99)));
        await AdvanceAsync(TimeSpan.FromHours(7));
        await _world.Journal.WaitForAsync($"removed {task.Record.Id}");
    }

    [Theory]
    [InlineData(366)]
    [InlineData(-366)]
    public async Task A_wall_clock_that_jumps_removes_nothing_and_keeps_nothing(int days)
    {
        var old = await EndedAsync();
        Run();
        Assert.Empty(await RemovedAsync(before: TimeSpan.FromHours(50)));
        _world.Time.WallShift = TimeSpan.FromDays(days);
        var young = await EndedAsync();

        Assert.Empty(await RemovedAsync(before: TimeSpan.FromHours(49)));
        await AdvanceAsync(TimeSpan.FromHours(6));
        await _world.Journal.WaitForAsync($"removed {old.Record.Id}");
        Assert.Same(young, _world.Find(young.Record.Id));
        await AdvanceAsync(TimeSpan.FromHours(54));
        await _world.Journal.WaitForAsync($"removed {young.Record.Id}");
    }

    [Theory]
    [InlineData(90, 10)]
    [InlineData(0, 100)]
    [InlineData(-4, 104)]
    [InlineData(-9999, 104)]
    public async Task After_a_restart_what_is_on_record_counts(int hoursAgo, int hoursLeft)
    {
        var task = await _world.LoadAsync(
            TaskState.Finished, askedAt: _world.Time.GetUtcNow() - TimeSpan.FromHours(hoursAgo));
        Run();

        Assert.Empty(await RemovedAsync(before: TimeSpan.FromHours(hoursLeft)));
        await AdvanceAsync(TimeSpan.FromHours(5));
        await _world.Journal.WaitForAsync($"removed {task.Record.Id}");
    }

    [Fact]
    public async Task What_was_forgotten_long_ago_goes_at_the_first_look_which_is_a_grain_after_the_start()
    {
        var task = await _world.LoadAsync(TaskState.Lost);
        _world.Time.Advance(TimeSpan.FromDays(365));
        Run();

        Assert.Equal(Grain, await _world.Time.NextTimerAsync());
        Assert.DoesNotContain($"removed {task.Record.Id}", _world.Journal.Entries);
        _world.Time.Advance(TimeSpan.FromHours(2));

        await _world.Journal.WaitForAsync($"removed {task.Record.Id}");
    }

    [Fact]
    public async Task Asking_is_put_on_record_rounded_up_and_once_in_a_grain()
    {
        var task = await EndedAsync();
        Run();
        _world.Expiry.Asked(task);
        Assert.DoesNotContain($"touched {task.Record.Id}", _world.Journal.Entries);

        await AdvanceAsync(TimeSpan.FromHours(5));
        for (var i = 0; i < 1000; i++)
        {
            _world.Expiry.Asked(task);
        }

        await _world.Journal.WaitForAsync($"touched {task.Record.Id}");
        Assert.Equal(_world.Time.GetUtcNow().AddHours(4), _world.Registry.Durable[task.Record.Id].AskedAt);
        await StopAsync();
        Assert.Single(_world.Journal.Entries, $"touched {task.Record.Id}");
    }

    [Fact]
    public async Task At_no_time_is_less_on_record_than_was_asked()
    {
        var task = await EndedAsync();
        Run();
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            await AdvanceAsync(TimeSpan.FromMinutes(random.Next(1, 400)));
            _world.Expiry.Asked(task);
            var asked = _world.Time.GetUtcNow();
            await OnRecordAsync(task, asked);
            Assert.InRange(OnRecord(task), asked, asked.AddHours(4));
        }
    }

    [Fact]
    public async Task What_was_asked_about_last_is_on_record_when_levityd_stops()
    {
        var task = await EndedAsync();
        Run();
        await AdvanceAsync(TimeSpan.FromHours(50));
        _world.Expiry.Asked(task);

        await StopAsync();

        Assert.True(OnRecord(task) >= _world.Time.GetUtcNow());
    }

    [Fact]
    public async Task A_registry_that_cannot_write_is_tried_again()
    {
        var task = await EndedAsync();
        Run();
        _world.Registry.BeforeChange = (_, _) => throw ScriptedRegistry.Full();
        await AdvanceAsync(TimeSpan.FromHours(110));
        Assert.Same(task, _world.Find(task.Record.Id));

        _world.Registry.BeforeChange = (_, _) => Task.CompletedTask;
        await AdvanceAsync(TimeSpan.FromHours(6));

        await _world.Journal.WaitForAsync($"removed {task.Record.Id}");
        Assert.Contains(
            _world.ExpiryLogger.Messages, line => line.Contains("is not removed yet", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Off_is_off()
    {
        await using var world = new SupervisedTasks();
        var task = await world.StartAsync();
        world.Expiry.Begin();
        var expiring = world.Expiry.RunAsync(_stop.Token);
        world.Expiry.Asked(task);
        using (world.Expiry.Reading(task))
        {
            world.Time.Advance(TimeSpan.FromDays(10_000));
        }

        Assert.Null(world.Expiry.ExpiresAt(task));
        Assert.Same(task, world.Find(task.Record.Id));
        await _stop.CancelAsync();
        await Soon.Async(expiring);
        Assert.DoesNotContain($"touched {task.Record.Id}", world.Journal.Entries);
    }

    [Fact]
    public async Task Many_tasks_are_looked_at_once_in_a_grain_and_each_goes_in_its_time()
    {
        const int many = 100_000;
        var now = _world.Time.GetUtcNow();
        for (var i = 0; i < many; i++)
        {
            var record = new TaskRecord
            {
                Id = TaskId.New(),
                Owner = SupervisedTasks.Owner,
                CreatedAt = now.AddYears(-1),
                AskedAt = now.AddHours(-i % 100),
                Request = SupervisedTasks.SomeRequest(),
                State = TaskState.Finished,
            };
            _world.Registry.Durable[record.Id] = record;
        }

        await _world.Tasks.LoadAsync(TestContext.Current.CancellationToken);
        Run();
        for (var hours = 2; hours <= 100; hours += 2)
        {
            await AdvanceAsync(Grain);
            _asleep = await NextSleepAsync();
            Assert.Equal(many / 100 * (100 - hours), _world.Registry.Durable.Count);
        }
    }

    private DateTimeOffset OnRecord(ManagedTask task) =>
        _world.Registry.Durable[task.Record.Id].AskedAt ?? task.Record.CreatedAt.AddHours(4);

    // Each touch may be the one.
    private async Task OnRecordAsync(ManagedTask task, DateTimeOffset asked)
    {
        for (var touches = 1; OnRecord(task) < asked; touches++)
        {
            await _world.Journal.WaitForAsync($"touched {task.Record.Id}", touches);
        }
    }

    private void Run()
    {
        _world.Expiry.Begin();
        _expiring = _world.Expiry.RunAsync(_stop.Token);
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Soon.Async(_expiring);
    }

    /// <summary>What has been removed when all but this much of a time is over.</summary>
    private async Task<IEnumerable<string>> RemovedAsync(TimeSpan before)
    {
        var entries = _world.Journal.Entries.Count;
        await AdvanceAsync(before - TimeSpan.FromTicks(1));
        return _world.Journal.Entries.Skip(entries).Where(entry => entry.StartsWith("removed", StringComparison.Ordinal));
    }

    // From look to look: each begins its sleep when it is done.
    private async Task AdvanceAsync(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero;)
        {
            _asleep = _asleep == TimeSpan.Zero ? await NextSleepAsync() : _asleep;
            var step = left < _asleep ? left : _asleep;
            _asleep -= step;
            left -= step;
            _world.Time.Advance(step);
        }
    }

    // Other timers are those of kills and retries, and far shorter.
    private async Task<TimeSpan> NextSleepAsync()
    {
        var timer = await _world.Time.NextTimerAsync();
        return timer == Grain ? timer : await NextSleepAsync();
    }

    private async Task<ManagedTask> EndedAsync()
    {
        var task = await _world.StartAsync();
        await _world.Tasks.EndAsync(task, new ChildEnded { TaskId = task.Record.Id.ToString(), ExitCode = 0 });

        // As the service does for whoever starts one.
        _world.Expiry.Asked(task);
        return task;
    }
}
