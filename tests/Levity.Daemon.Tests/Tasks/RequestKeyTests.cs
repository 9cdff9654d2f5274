using Levity.Daemon.Registry;
using Levity.Daemon.Supervision;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Tasks;

/// <summary>One key is at most one process, whatever fails and whoever asks again when.</summary>
public sealed class RequestKeyTests : IAsyncDisposable
{
    private const string Owner = SupervisedTasks.Owner;

    private readonly SupervisedTasks _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task The_same_request_with_the_same_key_is_the_same_task()
    {
        var first = await StartAsync();

        var second = await StartAsync();

        Assert.Equal(first, second);
        Assert.Equal(1, Starts);
        Assert.Equal("key", Assert.Single(_world.Registry.Durable.Values).RequestKey);
    }

    [Fact]
    public async Task Without_a_key_each_start_is_a_task_of_its_own()
    {
        var request = SupervisedTasks.SomeRequest();

        var outcomes = new[] { await StartAsync(request), await StartAsync(request.Clone()) };

        Assert.NotEqual(outcomes[0], outcomes[1]);
        Assert.Equal(2, Starts);
    }

    [Fact]
    public async Task A_key_is_its_owners_alone()
    {
        var alices = await StartAsync();

        var bobs = await _world.Tasks.StartAsync("bob", Keyed());

        Assert.NotEqual(alices.Id, bobs.Id);
        Assert.False(bobs.KeyIsTaken);
    }

    [Fact]
    public async Task Another_request_with_a_key_that_was_used_starts_nothing()
    {
        var first = await StartAsync();
        var others = new[]
        {
            Keyed(request => request.Binary = "false"), Keyed(request => request.Args.Add("")),
            Keyed(request => request.WorkingDir = "/"), Keyed(request => request.Environment["A"] = "b"),
        };

        foreach (var other in others)
        {
            var outcome = await StartAsync(other);
            Assert.True(outcome.KeyIsTaken);
            Assert.Equal(first.Id, outcome.Id);
        }

        Assert.Equal(1, Starts);
    }

    [Fact]
    public async Task The_order_of_variables_makes_no_other_request()
    {
        var one = SupervisedTasks.SomeRequest();
        one.RequestKey = "key";
        var other = one.Clone();
        one.Environment.Add("A", "1");
        one.Environment.Add("B", "2");
        other.Environment.Add("B", "2");
        other.Environment.Add("A", "1");

        Assert.Equal(await StartAsync(one), await StartAsync(other));
    }

    [Fact]
    public async Task Who_comes_while_the_first_start_is_on_its_way_waits_for_what_comes_of_it()
    {
        var reply = new TaskCompletionSource<Reply>();
        _world.Supervisor.OnStart = _ => reply.Task;

        var starts = Enumerable.Range(0, 1000).Select(_ => Task.Run(() => StartAsync())).ToList();
        await EnteredAsync();
        Assert.DoesNotContain(starts, start => start.IsCompleted);
        reply.SetResult(ScriptedSupervisor.Started());

        var outcomes = await Soon.Async(Task.WhenAll(starts));
        Assert.Single(outcomes.Distinct());
        Assert.Equal(1, Starts);
    }

    [Fact]
    public async Task Who_waits_for_a_start_that_fails_is_told_so_and_the_next_one_may_try()
    {
        var reply = new TaskCompletionSource<Reply>();
        _world.Supervisor.OnStart = _ => reply.Task;
        var starts = new[] { StartAsync(), StartAsync() };
        reply.SetResult(ScriptedSupervisor.Failed(Failure.Types.Kind.Command, "ENOENT"));

        var outcomes = await Soon.Async(Task.WhenAll(starts));

        Assert.All(outcomes, outcome => Assert.Equal("ENOENT", outcome.Failure?.Message));
        _world.Supervisor.OnStart = _ => Task.FromResult(ScriptedSupervisor.Started());
        var next = await StartAsync(Keyed(request => request.Binary = "another"));
        Assert.Equal((null, false), (next.Failure, next.KeyIsTaken));
        Assert.Equal(next.Id, Assert.Single(_world.Registry.Durable.Values).Id);
    }

    [Fact]
    public async Task A_failed_start_whose_record_could_not_be_removed_is_removed_by_the_next_one()
    {
        _world.Supervisor.OnStart = _ => Task.FromResult(ScriptedSupervisor.Failed(Failure.Types.Kind.Command));
        _world.Registry.BeforeChange = (change, _) => change == "remove" ? throw ScriptedRegistry.Full() : Task.CompletedTask;
        Assert.NotNull((await StartAsync()).Failure);

        await Assert.ThrowsAsync<RegistryUnavailableException>(() => StartAsync());

        _world.Registry.BeforeChange = (_, _) => Task.CompletedTask;
        _world.Supervisor.OnStart = _ => Task.FromResult(ScriptedSupervisor.Started());
        var outcome = await StartAsync();
        Assert.Null(outcome.Failure);
        Assert.Equal(outcome.Id, Assert.Single(_world.Registry.Durable.Values).Id);
    }

    [Fact]
    public async Task A_start_that_could_not_be_put_on_record_leaves_the_key_free()
    {
        _world.Registry.BeforeChange = (_, _) => throw ScriptedRegistry.Full();
        await Assert.ThrowsAsync<RegistryUnavailableException>(() => StartAsync());

        _world.Registry.BeforeChange = (_, _) => Task.CompletedTask;

        Assert.Null((await StartAsync()).Failure);
        Assert.Equal(1, Starts);
    }

    [Fact]
    public async Task A_task_that_is_over_still_has_its_key()
    {
        var first = await StartAsync();
        await _world.Tasks.EndAsync(_world.Find(first.Id), new ChildEnded { TaskId = first.Id.ToString(), ExitCode = 0 });

        Assert.Equal(first, await StartAsync());
        Assert.Equal(1, Starts);
    }

    [Fact]
    public async Task A_removed_task_leaves_its_key_free()
    {
        var task = _world.Find((await StartAsync()).Id);
        await _world.Tasks.EndAsync(task, new ChildEnded { TaskId = task.Record.Id.ToString(), ExitCode = 0 });
        await _world.Tasks.RemoveAsync(task, Owner, force: false, TestContext.Current.CancellationToken);

        Assert.NotEqual(task.Record.Id, (await StartAsync()).Id);
        Assert.Equal(2, Starts);
    }

    [Theory]
    [InlineData(nameof(TaskState.Finished))]
    [InlineData(nameof(TaskState.Lost))]
    public async Task A_task_of_an_earlier_levityd_still_has_its_key(string state)
    {
        var task = await _world.LoadAsync(Enum.Parse<TaskState>(state), request: Keyed());

        Assert.Equal(task.Record.Id, (await StartAsync()).Id);
        Assert.Equal(0, Starts);
    }

    [Fact]
    public async Task Nobody_is_answered_before_it_is_known_whether_a_broken_start_was_one()
    {
        await BreakAStartAsync();

        await Assert.ThrowsAsync<SupervisorUnavailableException>(() => StartAsync());

        Assert.Equal(1, Starts);
    }

    [Fact]
    public async Task A_broken_start_that_was_one_is_the_task()
    {
        var id = await BreakAStartAsync();

        await SettleAsync(new Welcome { Live = { new LiveChild { TaskId = id.ToString() } } });

        Assert.Equal(id, (await StartAsync()).Id);
        Assert.Equal(1, Starts);
    }

    [Fact]
    public async Task A_broken_start_that_got_there_before_the_seal_is_the_task()
    {
        var id = await BreakAStartAsync();
        _world.Supervisor.OnSeal = _ => Task.FromResult(ScriptedSupervisor.Failed(Failure.Types.Kind.Duplicate));

        await SettleAsync(new Welcome());

        Assert.Equal(id, (await StartAsync()).Id);
        Assert.Equal(1, Starts);
    }

    [Fact]
    public async Task A_broken_start_that_was_none_is_forgotten_and_its_key_is_free()
    {
        var id = await BreakAStartAsync();
        SealAsNeverExecuted();

        await SettleAsync(new Welcome());

        Assert.Empty(_world.Registry.Durable);
        Assert.False(_world.Tasks.TryFind(id, out _));
        Assert.NotEqual(id, (await StartAsync()).Id);
        Assert.Equal(2, Starts);
    }

    [Fact]
    public async Task A_broken_start_of_another_supervisor_that_may_have_been_one_keeps_its_key()
    {
        var id = await BreakAStartAsync();

        await SettleAsync(new Welcome());

        Assert.Equal(TaskState.Lost, _world.Find(id).Record.State);
        Assert.Equal(id, (await StartAsync()).Id);
        Assert.Equal(1, Starts);
    }

    [Fact]
    public async Task A_start_that_is_still_on_its_way_when_it_is_settled_is_refused_before_its_key_is_free()
    {
        var reply = new TaskCompletionSource<Reply>();
        _world.Supervisor.OnStart = _ => reply.Task;
        var first = StartAsync();
        SealAsNeverExecuted();
        _world.Run();
        _world.Supervision.Connected(new Welcome());
        var id = _world.Tasks.Unfinished.Single().Record.Id;
        await _world.Journal.WaitForAsync($"seal {id}");

        var second = StartAsync();
        Assert.False(second.IsCompleted);
        reply.SetResult(ScriptedSupervisor.Failed(Failure.Types.Kind.Duplicate));
        await Soon.Async(_world.Supervision.Settled);

        Assert.Equal(Failure.Types.Kind.Duplicate, (await Soon.Async(first)).Failure?.Kind);
        Assert.Equal(Failure.Types.Kind.Duplicate, (await Soon.Async(second)).Failure?.Kind);
        Assert.Empty(_world.Registry.Durable);
    }

    [Fact]
    public async Task What_an_earlier_levityd_never_executed_in_this_boot_is_forgotten_and_its_key_is_free()
    {
        var task = await _world.LoadAsync(TaskState.NotStarted, SupervisedTasks.Boot.Id, Keyed());
        SealAsNeverExecuted();
        await Assert.ThrowsAsync<SupervisorUnavailableException>(() => StartAsync());

        await SettleAsync(new Welcome());

        Assert.Empty(_world.Registry.Durable);
        Assert.NotEqual(task.Record.Id, (await StartAsync()).Id);
        Assert.Equal(1, Starts);
    }

    [Theory]
    [InlineData("another boot")]
    [InlineData(null)]
    public async Task After_another_boot_a_missing_log_proves_nothing(string? bootId)
    {
        var task = await _world.LoadAsync(TaskState.NotStarted, bootId, Keyed());
        SealAsNeverExecuted();

        await SettleAsync(new Welcome());

        Assert.Equal(TaskState.Lost, task.Record.State);
        Assert.Equal(bootId is not null, task.Record.Ending!.Reason.Contains("restarted", StringComparison.Ordinal));
        Assert.Equal(task.Record.Id, (await StartAsync()).Id);
        Assert.Equal(0, Starts);
    }

    [Fact]
    public async Task A_task_that_ran_is_not_forgotten_for_the_lack_of_its_log()
    {
        var task = _world.Find((await StartAsync()).Id);
        SealAsNeverExecuted();

        await SettleAsync(new Welcome());

        Assert.Equal(TaskState.Lost, task.Record.State);
        Assert.Single(_world.Registry.Durable);
    }

    [Fact]
    public async Task What_cannot_be_forgotten_for_lack_of_space_is_forgotten_when_there_is_some()
    {
        var task = await _world.LoadAsync(TaskState.NotStarted, SupervisedTasks.Boot.Id, Keyed());
        SealAsNeverExecuted();
        _world.Registry.BeforeChange = (_, _) => throw ScriptedRegistry.Full();
        _world.Run();
        _world.Supervision.Connected(new Welcome());
        var retry = await _world.Time.NextTimerAsync();
        await Assert.ThrowsAsync<SupervisorUnavailableException>(() => StartAsync());

        _world.Registry.BeforeChange = (_, _) => Task.CompletedTask;
        _world.Time.Advance(retry);
        await Soon.Async(_world.Supervision.Settled);

        Assert.Empty(_world.Registry.Durable);
        Assert.False(_world.Tasks.TryFind(task.Record.Id, out _));
    }

    private int Starts => _world.Journal.Entries.Count(entry => entry.StartsWith("start ", StringComparison.Ordinal));

    private static StartTaskRequest Keyed(Action<StartTaskRequest>? change = null)
    {
        var request = SupervisedTasks.SomeRequest();
        request.RequestKey = "key";
        change?.Invoke(request);
        return request;
    }

    private Task<StartOutcome> StartAsync(StartTaskRequest? request = null) =>
        _world.Tasks.StartAsync(Owner, request ?? Keyed());

    /// <summary>Waits until the first start has reached the supervisor.</summary>
    private async Task EnteredAsync()
    {
        while (_world.Registry.Durable.IsEmpty)
        {
            await Task.Yield();
        }

        await _world.Journal.WaitForAsync($"start {_world.Registry.Durable.Keys.Single()}");
    }

    private async Task<TaskId> BreakAStartAsync()
    {
        _world.Supervisor.OnStart = _ => throw ScriptedSupervisor.Unavailable();
        await Assert.ThrowsAsync<SupervisorUnavailableException>(() => StartAsync());
        _world.Supervisor.OnStart = _ => Task.FromResult(ScriptedSupervisor.Started());
        return Assert.Single(_world.Tasks.Unfinished).Record.Id;
    }

    private void SealAsNeverExecuted() => _world.Supervisor.OnSeal = request =>
    {
        var ending = request.Ending.Clone();
        ending.NeverExecuted = true;
        return Task.FromResult(new Reply { ChildEnded = ending });
    };

    private async Task SettleAsync(Welcome welcome)
    {
        _world.Run();
        _world.Supervision.Connected(welcome);
        await Soon.Async(_world.Supervision.Settled);
    }
}
