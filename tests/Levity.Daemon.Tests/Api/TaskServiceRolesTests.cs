using Grpc.Core;
using Levity.Daemon.Api;
using Levity.Daemon.Registry;
using Levity.Daemon.Security;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;

namespace Levity.Daemon.Tests.Api;

/// <summary>What viewers and admins are told of, and may do with, a task of alice's.</summary>
public sealed class TaskServiceRolesTests : IAsyncLifetime
{
    private static readonly TimeSpan Timeout = TimeSpan.FromHours(100);

    private readonly FakeApplication _application = new();
    private readonly SupervisedTasks _world = new(Timeout);
    private TaskService _service = null!;
    private ManagedTask _task = null!;

    private TaskHandle Handle => new() { Id = _task.Record.Id.ToString() };

    public async ValueTask InitializeAsync()
    {
        var roles = new Roles { Admins = new HashSet<string> { "adam" }, Viewers = new HashSet<string> { "vera" } };
        _service = _world.NewService(_application, roles);
        var request = SupervisedTasks.SomeRequest();
        request.Environment["TOKEN"] = "secret";
        var outcome = await _world.Tasks.StartAsync(SupervisedTasks.Owner, request);
        _task = _world.Find(outcome.Id);
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _application.Dispose();
    }

    [Theory]
    [InlineData("alice", "secret")]
    [InlineData("adam", "")]
    [InlineData("vera", "")]
    public async Task The_values_of_an_environment_are_told_to_the_owner_only(string caller, string expected)
    {
        var told = (await QueryAsync(caller)).Request;

        Assert.Equal(("true", expected), (told.Binary, told.Environment["TOKEN"]));
        Assert.Equal("secret", _task.Record.Request.Environment["TOKEN"]);
    }

    [Fact]
    public async Task A_viewer_may_not_signal_or_remove_and_is_told_who_may()
    {
        var signal = await Assert.ThrowsAsync<RpcException>(() => SignalAsync("vera"));
        var removal = await Assert.ThrowsAsync<RpcException>(() => RemoveAsync("vera"));

        Assert.Equal(StatusCode.PermissionDenied, signal.StatusCode);
        Assert.StartsWith($"vera may not signal task {Handle.Id}: its owner can", signal.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(StatusCode.PermissionDenied, removal.StatusCode);
        Assert.StartsWith($"vera may not remove task {Handle.Id}: ", removal.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(TaskState.Running, _task.Record.State);
        Assert.Null(_world.Supervisor.LastStop);
    }

    [Fact]
    public async Task An_admin_stops_anybodys_task_in_their_own_name()
    {
        await SignalAsync("adam");

        Assert.Equal("adam", _world.Supervisor.LastStop!.RequestedBy);
    }

    [Theory]
    [InlineData("vera")]
    [InlineData("adam")]
    public async Task A_task_that_is_not_there_is_not_found_by_those_either_who_may_see_all(string caller)
    {
        var request = new QueryTaskRequest { TaskId = new TaskHandle { Id = TaskId.New().ToString() } };

        var e = await Assert.ThrowsAsync<RpcException>(() => _service.QueryTask(request, Call(caller, "QueryTask")));

        Assert.Equal(RpcErrors.NoSuchTask(request.TaskId.Id).Status, e.Status);
    }

    [Fact]
    public async Task Only_its_owner_keeps_a_task_from_expiring()
    {
        await QueryAsync("alice");
        var asked = _world.Time.GetUtcNow();
        _world.Time.Advance(TimeSpan.FromHours(10));

        await QueryAsync("adam");
        Assert.Equal(asked + Timeout, (await QueryAsync("vera")).ExpiresAt.ToDateTimeOffset());
        Assert.Equal(_world.Time.GetUtcNow() + Timeout, (await QueryAsync("alice")).ExpiresAt.ToDateTimeOffset());
    }

    private Task<QueryTaskResponse> QueryAsync(string caller) =>
        _service.QueryTask(new QueryTaskRequest { TaskId = Handle, WithRequest = true }, Call(caller, "QueryTask"));

    private Task SignalAsync(string caller) =>
        _service.SignalTask(new SignalTaskRequest { TaskId = Handle }, Call(caller, "SignalTask"));

    private Task RemoveAsync(string caller) =>
        _service.RemoveTask(new RemoveTaskRequest { TaskId = Handle, Force = true }, Call(caller, "RemoveTask"));

    private FakeCall Call(string caller, string method) => new(
        new CallerIdentity(caller, _world.Time.GetUtcNow().AddHours(1)),
        TestContext.Current.CancellationToken,
        method: method);
}
