using Google.Protobuf.WellKnownTypes;
using Levity.Daemon.Registry;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Tasks;

/// <summary>Tasks that are to be kept for a time after their end, on a server that forgets others after 100 hours.</summary>
public sealed class KeptTasksTests : IAsyncDisposable
{
    private readonly SupervisedTasks _world = new(TimeSpan.FromHours(100));
    private readonly CancellationTokenSource _stop = new();
    private Task _expiring = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Soon.Async(_expiring);
        _stop.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task A_task_goes_when_it_has_been_over_for_as_long_as_it_was_to_be_kept_and_not_before()
    {
        Run();
        var task = await StartAsync(KeepFor(hours: 10));
        _world.Time.Advance(TimeSpan.FromHours(11));
        await EndAsync(task);
        await SleepsForAsync(TimeSpan.FromHours(10));

        Assert.Equal(_world.Time.GetUtcNow() + TimeSpan.FromHours(10), _world.Expiry.ExpiresAt(task));
        _world.Time.Advance(TimeSpan.FromHours(10) - TimeSpan.FromMilliseconds(1));
        Assert.True(_world.Tasks.TryFind(task.Record.Id, out _));
        _world.Time.Advance(TimeSpan.FromMilliseconds(1));

        await RemovedAsync(task);
        Assert.Null(_world.Supervisor.LastStop);
    }

    [Fact]
    public async Task One_that_is_to_be_kept_for_no_time_goes_with_its_end()
    {
        Run();
        var task = await StartAsync(KeepFor(hours: 0));

        await EndAsync(task);

        await RemovedAsync(task);
    }

    // Its start may have to be repeated, and must not make a second task then.
    [Fact]
    public async Task One_with_a_key_stays_for_a_minute_at_least()
    {
        Run();
        var request = KeepFor(hours: 0);
        request.RequestKey = "a";
        var task = await StartAsync(request);
        await EndAsync(task);
        await SleepsForAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(task.Record.Id, (await _world.Tasks.StartAsync(SupervisedTasks.Owner, request)).Id);
        _world.Time.Advance(TimeSpan.FromMinutes(1));

        await RemovedAsync(task);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_whose_log_is_being_read_goes_when_the_last_reader_has_left(bool isOwner)
    {
        Run();
        var task = await StartAsync(KeepFor(hours: 0));
        var (first, second) = (_world.Expiry.Reading(task, isOwner), _world.Expiry.Reading(task, isOwner));
        var other = await StartAsync(KeepFor(hours: 0));
        await EndAsync(task);
        first.Dispose();
        await EndAsync(other);

        // What came later is gone: so this one was looked at.
        await RemovedAsync(other);
        Assert.True(_world.Tasks.TryFind(task.Record.Id, out _));
        second.Dispose();

        await RemovedAsync(task);
    }

    [Theory]
    [InlineData(366)]
    [InlineData(-366)]
    public async Task A_wall_clock_that_jumps_changes_nothing(int days)
    {
        Run();
        var task = await StartAsync(KeepFor(hours: 10));
        await EndAsync(task);
        await SleepsForAsync(TimeSpan.FromHours(10));
        _world.Time.WallShift = TimeSpan.FromDays(days);
        _world.Expiry.Reading(task).Dispose();

        Assert.Equal(_world.Time.GetUtcNow() + TimeSpan.FromHours(10), _world.Expiry.ExpiresAt(task));
    }

    [Theory]
    [InlineData(4, 6)]
    [InlineData(-9999, 10)]
    public async Task After_a_restart_the_end_that_is_on_record_counts(int hoursAgo, int hoursLeft)
    {
        var task = await LoadAsync(TimeSpan.FromHours(hoursAgo));
        Run();

        await SleepsForAsync(TimeSpan.FromHours(hoursLeft));
        _world.Time.Advance(TimeSpan.FromHours(hoursLeft));

        await RemovedAsync(task);
    }

    [Fact]
    public async Task One_that_is_kept_for_longer_than_the_inactivity_timeout_is_kept()
    {
        Run();
        var kept = await StartAsync(KeepFor(hours: 300));
        var forgotten = await StartAsync(SupervisedTasks.SomeRequest());
        await EndAsync(kept);
        await EndAsync(forgotten);

        // A look every two hours, each over before the next begins.
        for (var look = 0; look < 60; look++)
        {
            await SleepsForAsync(TimeSpan.FromHours(2));
            _world.Time.Advance(TimeSpan.FromHours(2));
        }

        await SleepsForAsync(TimeSpan.FromHours(2));
        Assert.False(_world.Tasks.TryFind(forgotten.Record.Id, out _));
        Assert.True(_world.Tasks.TryFind(kept.Record.Id, out _));
    }

    [Fact]
    public async Task What_cannot_be_removed_is_tried_again()
    {
        Run();
        var task = await StartAsync(KeepFor(hours: 0));
        var tried = false;
        _world.Registry.BeforeChange = (what, _) => what == "remove" && !tried && (tried = true)
            ? throw ScriptedRegistry.Full()
            : Task.CompletedTask;
        await EndAsync(task);
        await SleepsForAsync(TimeSpan.FromSeconds(1));

        _world.Time.Advance(TimeSpan.FromSeconds(1));

        await RemovedAsync(task);
        Assert.True(tried);
    }

    private void Run()
    {
        _world.Expiry.Begin();
        _expiring = _world.Expiry.RunAsync(_stop.Token);
    }

    private static StartTaskRequest KeepFor(int hours) =>
        new() { Binary = "true", KeepFor = TimeSpan.FromHours(hours).ToDuration() };

    private async Task<ManagedTask> StartAsync(StartTaskRequest request) =>
        _world.Find((await _world.Tasks.StartAsync(SupervisedTasks.Owner, request)).Id);

    private Task EndAsync(ManagedTask task) => _world.Tasks.EndAsync(task, new ChildEnded
    {
        TaskId = task.Record.Id.ToString(),
        EndedAtUnixNs = (_world.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick,
    });

    private async Task<ManagedTask> LoadAsync(TimeSpan overFor)
    {
        var task = await _world.LoadAsync(TaskState.Running, request: KeepFor(hours: 10));
        var record = task.Record with
        {
            State = TaskState.Finished,
            Ending = new Ending { EndedAt = (_world.Time.GetUtcNow() - overFor).ToTimestamp() },
        };
        _world.Registry.Durable[record.Id] = record;
        await _world.Tasks.LoadAsync(TestContext.Current.CancellationToken);
        return _world.Find(record.Id);
    }

    private Task RemovedAsync(ManagedTask task) => _world.Journal.WaitForAsync($"removed {task.Record.Id}");

    // Other timers are those of the inactivity timeout.
    private async Task SleepsForAsync(TimeSpan time)
    {
        while (await _world.Time.NextTimerAsync() != time)
        {
            // The next one.
        }
    }
}
