using Levity.Daemon.Registry;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Daemon.Tests.LogStreaming;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Tasks;

/// <summary>How much one user may have: nobody gets more, and what is given back can be had again.</summary>
public sealed class UserLimitTests : IAsyncDisposable
{
    private readonly List<SupervisedTasks> _worlds = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var world in _worlds)
        {
            await world.DisposeAsync();
        }
    }

    [Fact]
    public async Task Many_starts_at_once_are_never_more_running_tasks_than_the_limit()
    {
        var world = NewWorld(new UserLimits { RunningTasks = 7 });

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => StartAsync(world))));

        Assert.Equal(7, outcomes.Count(outcome => outcome.OverLimit is null));
        Assert.Equal(7, world.Registry.Durable.Count);
        Assert.All(
            outcomes.Select(outcome => outcome.OverLimit).OfType<OverLimit>(),
            limit => Assert.Equal(new OverLimit("alice", UserLimit.RunningTasks, 7, 7), limit));
    }

    [Fact]
    public async Task What_is_refused_leaves_nothing_behind()
    {
        var world = NewWorld(new UserLimits { RunningTasks = 1 });
        await StartAsync(world);
        var before = world.Journal.Entries;

        var refused = await StartAsync(world);

        Assert.False(world.Tasks.TryFind(refused.Id, out _));
        Assert.Equal(before, world.Journal.Entries);
    }

    [Fact]
    public async Task A_limit_is_each_users_own()
    {
        var world = NewWorld(
            new UserLimits { RunningTasks = 1 }, new() { ["carol"] = new UserLimits { RunningTasks = 2 } });

        string[] users = ["alice", "alice", "bob", "bob", "carol", "carol", "carol"];
        var refused = new List<bool>();
        foreach (var user in users)
        {
            refused.Add((await StartAsync(world, user: user)).OverLimit is not null);
        }

        Assert.Equal([false, true, false, true, false, false, true], refused);
    }

    [Fact]
    public async Task A_task_that_is_over_has_given_its_place_back_by_the_time_that_this_is_seen()
    {
        var world = NewWorld(new UserLimits { RunningTasks = 1 });
        for (var i = 0; i < 10; i++)
        {
            var task = await StartedAsync(world);
            var next = StartWhenOverAsync(world, task);

            await EndAsync(world, task);

            Assert.Null((await Soon.Async(next)).OverLimit);
            await EndAsync(world, world.Find((await next).Id));
        }
    }

    [Fact]
    public async Task An_end_that_is_told_twice_gives_one_place_back()
    {
        var world = NewWorld(new UserLimits { RunningTasks = 2 });
        var task = await StartedAsync(world);
        await StartedAsync(world);

        await EndAsync(world, task);
        await EndAsync(world, task);
        await world.Tasks.RemoveAsync(task, "alice", force: false, TestContext.Current.CancellationToken);

        Assert.Null((await StartAsync(world)).OverLimit);
        Assert.NotNull((await StartAsync(world)).OverLimit);
    }

    [Fact]
    public async Task A_start_that_fails_has_no_place()
    {
        var world = NewWorld(new UserLimits { RunningTasks = 1 });
        world.Supervisor.OnStart = _ => Task.FromResult(ScriptedSupervisor.Failed(Failure.Types.Kind.Command));
        Assert.NotNull((await StartAsync(world)).Failure);

        world.Registry.BeforeChange = (_, _) => throw ScriptedRegistry.Full();
        await Assert.ThrowsAsync<RegistryUnavailableException>(() => StartAsync(world));

        world.Registry.BeforeChange = (_, _) => Task.CompletedTask;
        world.Supervisor.OnStart = _ => Task.FromResult(ScriptedSupervisor.Started());
        Assert.Null((await StartAsync(world)).OverLimit);
        Assert.NotNull((await StartAsync(world)).OverLimit);
    }

    [Fact]
    public async Task After_a_restart_the_tasks_that_are_on_record_and_not_over_count()
    {
        var world = NewWorld(new UserLimits { RunningTasks = 2 });
        await world.LoadAsync(TaskState.Finished);
        var live = await world.LoadAsync(TaskState.NotStarted);

        Assert.Null((await StartAsync(world)).OverLimit);
        Assert.Equal(2, (await StartAsync(world)).OverLimit!.Used);

        await EndAsync(world, live);
        Assert.Null((await StartAsync(world)).OverLimit);
    }

    [Fact]
    public async Task The_same_key_is_the_same_task_at_the_limit_too_and_a_refused_key_is_free()
    {
        var world = NewWorld(new UserLimits { RunningTasks = 1 });
        var first = await StartAsync(world, "one");

        Assert.Equal(first.Id, (await StartAsync(world, "one")).Id);
        Assert.NotNull((await StartAsync(world, "two")).OverLimit);
        await EndAsync(world, world.Find(first.Id));
        Assert.Null((await StartAsync(world, "two")).OverLimit);
    }

    [Fact]
    public async Task Starts_are_counted_over_the_minute_before_each()
    {
        var world = NewWorld(new UserLimits { StartsPerMinute = 2 });
        await StartedAsync(world);
        world.Time.Advance(TimeSpan.FromSeconds(20));
        await StartedAsync(world);

        var refused = (await StartAsync(world)).OverLimit;
        Assert.Equal(new OverLimit("alice", UserLimit.StartsPerMinute, 2, 2, TimeSpan.FromSeconds(40)), refused);

        world.Time.Advance(TimeSpan.FromSeconds(39.999));
        Assert.NotNull((await StartAsync(world)).OverLimit);
        world.Time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Null((await StartAsync(world)).OverLimit);
        Assert.Equal(TimeSpan.FromSeconds(20), (await StartAsync(world)).OverLimit!.RetryAfter);
    }

    [Fact]
    public async Task A_clock_that_is_put_forward_gives_nobody_more_starts()
    {
        var world = NewWorld(new UserLimits { StartsPerMinute = 1 });
        await StartedAsync(world);

        world.Time.WallShift = TimeSpan.FromDays(1);

        Assert.NotNull((await StartAsync(world)).OverLimit);
    }

    [Fact]
    public async Task A_task_is_started_as_long_as_the_logs_have_not_reached_their_limit()
    {
        var world = NewWorld(new UserLimits { LogBytes = 10_000 });
        var task = await StartedAsync(world);
        using var log = new TestLog(world.Logs, task.Record.Id.ToString());
        log.Write(new byte[4_000]);
        Assert.Null((await StartAsync(world)).OverLimit);
        Assert.Null((await StartAsync(world, user: "bob")).OverLimit);

        log.Write(new byte[6_000]).Seal();
        var refused = (await StartAsync(world)).OverLimit!;
        Assert.Equal((UserLimit.LogBytes, 10_000), (refused.Limit, refused.Value));
        Assert.InRange(refused.Used, 10_000, 11_000);
        Assert.Null((await StartAsync(world, user: "bob")).OverLimit);

        await EndAsync(world, task);
        Assert.Equal(refused, (await StartAsync(world)).OverLimit);
        Assert.Equal(refused, (await StartAsync(world)).OverLimit);
        await world.Tasks.RemoveAsync(task, "alice", force: false, TestContext.Current.CancellationToken);
        Assert.Null((await StartAsync(world)).OverLimit);
    }

    [Fact]
    public async Task Without_limits_nothing_is_refused()
    {
        var world = NewWorld(new UserLimits());

        for (var i = 0; i < 1_000; i++)
        {
            Assert.Null((await StartAsync(world)).OverLimit);
        }
    }

    private static async Task<StartOutcome> StartWhenOverAsync(SupervisedTasks world, ManagedTask task)
    {
        await task.WhenOverAsync(TestContext.Current.CancellationToken);
        return await StartAsync(world);
    }

    private static Task<StartOutcome> StartAsync(SupervisedTasks world, string? key = null, string user = "alice")
    {
        var request = SupervisedTasks.SomeRequest();
        if (key is not null)
        {
            request.RequestKey = key;
        }

        return world.Tasks.StartAsync(user, request);
    }

    private static async Task<ManagedTask> StartedAsync(SupervisedTasks world)
    {
        var outcome = await StartAsync(world);
        Assert.Null(outcome.OverLimit);
        return world.Find(outcome.Id);
    }

    private static Task EndAsync(SupervisedTasks world, ManagedTask task) =>
        world.Tasks.EndAsync(task, new ChildEnded { TaskId = task.Record.Id.ToString(), ExitCode = 0 });

    private SupervisedTasks NewWorld(UserLimits everybody, Dictionary<string, UserLimits>? users = null)
    {
        var world = new SupervisedTasks(limits: new LimitTable(everybody, users ?? []));
        _worlds.Add(world);
        return world;
    }
}
