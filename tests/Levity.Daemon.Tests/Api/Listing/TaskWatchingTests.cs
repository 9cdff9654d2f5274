using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Levity.Daemon.Api;
using Levity.Daemon.Security;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using EventCase = Levity.Protocol.WatchTasksResponse.EventOneofCase;

namespace Levity.Daemon.Tests.Api.Listing;

/// <summary>What WatchTask and WatchTasks tell, to whom, and until when.</summary>
public sealed class TaskWatchingTests : IAsyncLifetime
{
    private readonly FakeApplication _application = new();
    private readonly CancellationTokenSource _left = new();
    private readonly CollectingWriter<WatchTaskResponse> _one = new();
    private readonly CollectingWriter<WatchTasksResponse> _all = new();
    private readonly SupervisedTasks _world = new(inactivityTimeout: TimeSpan.FromHours(100));
    private TaskService _service = null!;

    public ValueTask InitializeAsync()
    {
        _service = _world.NewService(_application, new Roles { Admins = new HashSet<string> { "adam" } });
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _left.CancelAsync();
        await _world.DisposeAsync();
        _application.Dispose();
        _left.Dispose();
    }

    [Fact]
    public async Task A_task_is_told_as_it_is_and_as_it_changes_until_it_is_over()
    {
        var task = await _world.StartAsync();
        var watching = WatchAsync(task);
        Assert.Equal(TaskStatusCode.Running, await NextStateAsync());

        await _world.Tasks.StopAsync(task, "alice");
        Assert.Equal(TaskStatusCode.Signalled, await NextStateAsync());
        await EndAsync(task, exitCode: 3);

        var last = (await _one.NextAsync()).Report;
        Assert.Equal((TaskStatusCode.Finished, 3), (last.StatusCode, last.ExitCode));
        await Soon.Async(watching);
        Assert.Empty(_one.Rest());
    }

    [Fact]
    public async Task A_task_that_was_over_before_is_one_message()
    {
        var task = await _world.StartAsync();
        await EndAsync(task);

        await Soon.Async(WatchAsync(task));

        Assert.Equal(TaskStatusCode.Finished, Assert.Single(_one.Rest()).Report.StatusCode);
    }

    [Fact]
    public async Task A_task_whose_start_fails_is_no_task()
    {
        var isAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayFail = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _world.Supervisor.OnStart = async _ =>
        {
            isAsked.SetResult();
            await mayFail.Task;
            return ScriptedSupervisor.Failed(Failure.Types.Kind.Command);
        };
        var starting = _world.Tasks.StartAsync(SupervisedTasks.Owner, SupervisedTasks.SomeRequest());
        await Soon.Async(isAsked.Task);
        var watching = WatchAsync(Assert.Single(_world.Tasks.All));
        Assert.Equal(TaskStatusCode.NotStarted, await NextStateAsync());

        mayFail.SetResult();
        await Soon.Async(starting);

        Assert.Equal(StatusCode.NotFound, (await RefusedAsync(watching)).StatusCode);
    }

    [Fact]
    public async Task Watching_a_task_is_asking_about_it_all_the_time_for_its_owner_and_not_for_others()
    {
        var task = await _world.StartAsync();
        var watching = WatchAsync(task, "adam");
        await _one.NextAsync();
        Assert.False(task.Attention.HasReaders);

        var owners = WatchAsync(task);
        await _one.NextAsync();
        Assert.True(task.Attention.HasReaders);

        await EndAsync(task);
        await Soon.Async(Task.WhenAll(watching, owners));
        Assert.False(task.Attention.HasReaders);
    }

    [Fact]
    public async Task Who_watches_a_task_by_a_share_is_ended_with_it()
    {
        var task = await _world.StartAsync();
        await ShareAsync(task, "bob");
        var watching = WatchAsync(task, "bob");
        await _one.NextAsync();

        await UnshareAsync(task, "bob");

        Assert.Equal(RpcErrors.NoSuchTask($"{task.Record.Id}").Status, await RefusedAsync(watching));
    }

    [Fact]
    public async Task All_are_told_as_they_are_and_then_each_change_of_each()
    {
        var over = await _world.StartAsync();
        await EndAsync(over);
        var running = await _world.StartAsync();
        _ = WatchAllAsync();
        Assert.Equal((running.Record.Id.ToString(), TaskStatusCode.Running), StateOf(await _all.NextAsync()));
        Assert.Equal(EventCase.Synced, (await _all.NextAsync()).EventCase);

        var fresh = await _world.StartAsync();
        await _world.Tasks.StopAsync(running, "alice");
        await EndAsync(running);
        await RemoveAsync(running);

        var (freshId, runningId) = (fresh.Record.Id.ToString(), running.Record.Id.ToString());
        Assert.Equal((freshId, TaskStatusCode.NotStarted), StateOf(await _all.NextAsync()));
        Assert.Equal((freshId, TaskStatusCode.Running), StateOf(await _all.NextAsync()));
        Assert.Equal((runningId, TaskStatusCode.Signalled), StateOf(await _all.NextAsync()));
        Assert.Equal((runningId, TaskStatusCode.Finished), StateOf(await _all.NextAsync()));
        Assert.Equal(runningId, (await _all.NextAsync()).Removed.Id);
        Assert.Equal(_world.Time.GetUtcNow(), (await EndAndNextAsync(fresh)).Time.ToDateTimeOffset());
    }

    [Fact]
    public async Task Those_that_have_ended_since_a_time_are_among_the_first()
    {
        var early = await _world.StartAsync();
        await EndAsync(early, at: _world.Time.GetUtcNow());
        _world.Time.Advance(TimeSpan.FromMinutes(1));
        var late = await _world.StartAsync();
        await EndAsync(late, at: _world.Time.GetUtcNow());

        _ = WatchAllAsync(new WatchTasksRequest { EndedSince = _world.Time.GetUtcNow().ToTimestamp() });

        Assert.Equal((late.Record.Id.ToString(), TaskStatusCode.Finished), StateOf(await _all.NextAsync()));
        Assert.Equal(EventCase.Synced, (await _all.NextAsync()).EventCase);
    }

    [Fact]
    public async Task Only_what_was_asked_for_and_may_be_read_is_told()
    {
        _ = WatchAllAsync(
            new WatchTasksRequest { Filter = new TaskFilter { AllOwners = true, States = { TaskStatusCode.Finished } } }, "bob");
        Assert.Equal(EventCase.Synced, (await _all.NextAsync()).EventCase);

        var foreign = await _world.StartAsync();
        await EndAsync(foreign);
        var shared = await _world.StartAsync();
        await ShareAsync(shared, "bob");
        await EndAsync(shared);
        var own = (await _world.Tasks.StartAsync("bob", SupervisedTasks.SomeRequest())).Id;
        await EndAsync(_world.Find(own));

        Assert.Equal((shared.Record.Id.ToString(), TaskStatusCode.Finished), StateOf(await _all.NextAsync()));
        Assert.Equal((own.ToString(), TaskStatusCode.Finished), StateOf(await _all.NextAsync()));
        Assert.Empty(_all.Rest());
    }

    [Fact]
    public async Task Who_reads_too_slowly_is_told_what_has_become_of_those_that_were_missed()
    {
        var slow = new GatedWriter<WatchTasksResponse>();
        var untouched = await _world.StartAsync();
        await EndAsync(untouched);
        _ = _service.WatchTasks(new WatchTasksRequest(), slow, Call("alice", "WatchTasks"));
        Assert.Equal(EventCase.Synced, (await slow.NextAsync()).EventCase);

        // The first is on its way and not taken; the others wait, and then there are too many.
        var ended = await _world.StartAsync();
        await Soon.Async(slow.Waiting);
        await EndAsync(ended);
        var live = new List<ManagedTask>();
        for (var i = 0; i * 2 <= TaskWatcher.MostWaiting; i++)
        {
            live.Add(await _world.StartAsync());
        }

        slow.Open();
        var told = new List<WatchTasksResponse> { await slow.NextAsync() };
        while (told[^1].EventCase != EventCase.Synced)
        {
            told.Add(await slow.NextAsync());
        }

        // One batch had been taken before.
        var missed = told.FindIndex(message => message.EventCase == EventCase.Missed);
        Assert.InRange(missed, 1, 2);
        (string, TaskStatusCode)[] expected =
        [
            (ended.Record.Id.ToString(), TaskStatusCode.Finished),
            .. live.Select(task => (task.Record.Id.ToString(), TaskStatusCode.Running)),
        ];
        Assert.Equal(expected.Order(), told[(missed + 1)..^1].Select(StateOf).Order());

        // And goes on.
        await EndAsync(live[0]);
        Assert.Equal((live[0].Record.Id.ToString(), TaskStatusCode.Finished), StateOf(await slow.NextAsync()));
    }

    [Fact]
    public async Task It_ends_when_levityd_does()
    {
        var watching = WatchAllAsync();
        await _all.NextAsync();

        _application.StopApplication();

        Assert.Equal(RpcErrors.ShuttingDown().Status, await RefusedAsync(watching));
    }

    [Fact]
    public async Task Nobody_is_left_behind_by_those_who_have_gone()
    {
        var watching = WatchAllAsync();
        await _all.NextAsync();

        await _left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Soon.Async(watching));
        Assert.Equal(0, _world.Tasks.Changes.Watchers);
    }

    private static async Task<Status> RefusedAsync(Task call) =>
        (await Soon.Async(Assert.ThrowsAsync<RpcException>(() => call))).Status;

    private static (string Id, TaskStatusCode State) StateOf(WatchTasksResponse message) =>
        (message.Task.TaskId.Id, message.Task.Report.StatusCode);

    private async Task<TaskStatusCode> NextStateAsync() => (await _one.NextAsync()).Report.StatusCode;

    private async Task<WatchTasksResponse> EndAndNextAsync(ManagedTask task)
    {
        await EndAsync(task);
        return await _all.NextAsync();
    }

    private Task WatchAsync(ManagedTask task, string caller = "alice") => _service.WatchTask(
        new WatchTaskRequest { TaskId = HandleOf(task) }, _one, Call(caller, "WatchTask"));

    private Task WatchAllAsync(WatchTasksRequest? request = null, string caller = "alice") =>
        _service.WatchTasks(request ?? new WatchTasksRequest(), _all, Call(caller, "WatchTasks"));

    private Task EndAsync(ManagedTask task, int exitCode = 0, DateTimeOffset? at = null) => _world.Tasks.EndAsync(
        task,
        new ChildEnded
        {
            TaskId = task.Record.Id.ToString(),
            ExitCode = exitCode,
            EndedAtUnixNs = ((at ?? _world.Time.GetUtcNow()) - DateTimeOffset.UnixEpoch).Ticks * 100,
        });

    private Task ShareAsync(ManagedTask task, string user) => _service.ShareTask(
        new ShareTaskRequest { TaskId = HandleOf(task), User = user, Read = true }, Call("alice", "ShareTask"));

    private Task UnshareAsync(ManagedTask task, string user) => _service.UnshareTask(
        new UnshareTaskRequest { TaskId = HandleOf(task), User = user }, Call("alice", "UnshareTask"));

    private Task RemoveAsync(ManagedTask task) => _service.RemoveTask(
        new RemoveTaskRequest { TaskId = HandleOf(task) }, Call("alice", "RemoveTask"));

    private static TaskHandle HandleOf(ManagedTask task) => new() { Id = task.Record.Id.ToString() };

    private FakeCall Call(string caller, string method) =>
        new(new CallerIdentity(caller, _world.Time.GetUtcNow().AddYears(1)), _left.Token, method: method);
}
