using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Levity.Daemon.Api;
using Levity.Daemon.Security;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Api;

/// <summary>RemoveTask in the words of the public API.</summary>
public sealed class TaskServiceRemovalTests : IAsyncLifetime
{
    private readonly FakeApplication _application = new();
    private SupervisedTasks _world = null!;
    private TaskService _service = null!;
    private ManagedTask _task = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await SupervisedTasks.RunningAsync();
        _service = _world.NewService(_application);
        _task = await _world.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _application.Dispose();
    }

    [Fact]
    public async Task What_is_removed_is_not_found_by_any_call_after_it()
    {
        await EndAsync();

        Assert.Equal(new Empty(), await RemoveAsync());

        var again = await Assert.ThrowsAsync<RpcException>(() => RemoveAsync());
        var query = await Assert.ThrowsAsync<RpcException>(
            () => _service.QueryTask(new QueryTaskRequest { TaskId = Handle }, Call()));
        Assert.Equal(StatusCode.NotFound, again.StatusCode);
        Assert.Equal(again.Status, query.Status);
    }

    [Fact]
    public async Task A_live_task_is_refused_with_its_state_and_what_to_do()
    {
        var e = await Assert.ThrowsAsync<RpcException>(() => RemoveAsync());

        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
        Assert.StartsWith($"task {Handle.Id} is Running: ", e.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("force", e.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_is_being_started_may_be_tried_again()
    {
        _world.Supervisor.OnStart = _ => throw ScriptedSupervisor.Unavailable();
        await Assert.ThrowsAnyAsync<IOException>(
            () => _world.Tasks.StartAsync(SupervisedTasks.Owner, SupervisedTasks.SomeRequest()));
        _task = _world.Tasks.Unfinished.Single(task => task != _task);

        var e = await Assert.ThrowsAsync<RpcException>(() => RemoveAsync(force: true));

        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    [Fact]
    public async Task A_removal_that_waits_for_an_end_is_told_when_levityd_stops()
    {
        var removal = RemoveAsync(force: true);
        await _world.Journal.WaitForAsync($"stop {Handle.Id}");

        _application.StopApplication();

        var e = await Assert.ThrowsAsync<RpcException>(() => Soon.Async(removal));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    private TaskHandle Handle => new() { Id = _task.Record.Id.ToString() };

    private Task EndAsync() => _world.Tasks.EndAsync(_task, new ChildEnded { TaskId = Handle.Id, ExitCode = 0 });

    private Task<Empty> RemoveAsync(bool force = false) =>
        _service.RemoveTask(new RemoveTaskRequest { TaskId = Handle, Force = force }, Call());

    private FakeCall Call() => new(
        new CallerIdentity(SupervisedTasks.Owner, _world.Time.GetUtcNow().AddHours(1)),
        TestContext.Current.CancellationToken);
}
