using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Levity.Daemon.Security;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;

namespace Levity.Daemon.Tests.Api;

/// <summary>Every method that takes a task: somebody else's and none at all are one answer, byte for byte.</summary>
public sealed class ForeignTaskTests : IAsyncDisposable
{
    private readonly SupervisedTasks _world = new(inactivityTimeout: TimeSpan.FromHours(1));
    private readonly SupervisedTasks _emptyWorld = new();
    private readonly FakeApplication _application = new();
    private readonly LookUps _lookUps = new();

    public static TheoryData<string> MethodsThatTakeATask =>
        [.. Protocol.TaskManager.Descriptor.Methods
            .Where(method => method.InputType.FindFieldByName("task_id") is not null)
            .Select(method => method.Name)];

    public async ValueTask DisposeAsync()
    {
        _application.Dispose();
        await _world.DisposeAsync();
        await _emptyWorld.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(MethodsThatTakeATask))]
    public async Task A_foreign_id_and_a_missing_id_get_the_same_answer(string method)
    {
        var handle = new TaskHandle { Id = (await StartAsync()).Record.Id.ToString() };

        var foreign = await Assert.ThrowsAsync<RpcException>(() => CallAsync(_world, method, handle));
        var missing = await Assert.ThrowsAsync<RpcException>(() => CallAsync(_emptyWorld, method, handle));

        Assert.Equal(StatusCode.NotFound, foreign.StatusCode);
        Assert.Equal(missing.Status, foreign.Status);
        Assert.Empty(foreign.Trailers);
        Assert.Empty(missing.Trailers);
        Assert.Null(_world.Supervisor.LastStop);
    }

    [Theory]
    [MemberData(nameof(MethodsThatTakeATask))]
    public async Task A_foreign_id_and_a_missing_id_take_the_same_way(string method)
    {
        var task = await StartAsync();
        var foreign = new TaskHandle { Id = task.Record.Id.ToString() };
        var before = _world.Journal.Entries;
        var roles = new Roles
        {
            Admins = new HashSet<string>(["adam"], _lookUps),
            Viewers = new HashSet<string>(["vera"], _lookUps),
        };
        _lookUps.Take();

        await Assert.ThrowsAsync<RpcException>(() => CallAsync(_world, method, foreign, roles));
        var lookUps = _lookUps.Take();
        await Assert.ThrowsAsync<RpcException>(
            () => CallAsync(_world, method, new TaskHandle { Id = TaskId.New().ToString() }, roles));

        // The roles are looked at once for each, and beyond that nothing is: no registry, supervisor or log, no note of it.
        Assert.Equal(["bob", "bob"], lookUps);
        Assert.Equal(lookUps, _lookUps.Take());
        Assert.Equal(before, _world.Journal.Entries);
        Assert.Null(task.Attention.AskedAt);
    }

    // One that is shared with others, and has been with the caller.
    private async Task<ManagedTask> StartAsync()
    {
        var task = await _world.StartAsync();
        var past = new ShareTaskRequest { User = "bob", Read = true, Signal = true, ValidFor = new Duration { Seconds = 1 } };
        await _world.Sharing.ShareAsync(task, new ShareTaskRequest { User = "carol", Read = true });
        await _world.Sharing.ShareAsync(task, past);
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        return task;
    }

    private async Task CallAsync(SupervisedTasks world, string method, TaskHandle handle, Roles? roles = null)
    {
        var time = world.Time;
        var service = world.NewService(_application, roles);
        var call = new FakeCall(
            new CallerIdentity("bob", time.GetUtcNow().AddHours(1)),
            TestContext.Current.CancellationToken,
            method: method);
        await (method switch
        {
            "QueryTask" => service.QueryTask(new QueryTaskRequest { TaskId = handle }, call),
            "SignalTask" => service.SignalTask(new SignalTaskRequest { TaskId = handle }, call),
            "ShareTask" => service.ShareTask(new ShareTaskRequest { TaskId = handle, User = "erin", Read = true }, call),
            "UnshareTask" => service.UnshareTask(new UnshareTaskRequest { TaskId = handle, User = "carol" }, call),
            "RemoveTask" => service.RemoveTask(new RemoveTaskRequest { TaskId = handle, Force = true }, call),
            "FetchLogs" => service.FetchLogs(new FetchLogsRequest { TaskId = handle }, call),
            "StreamLogs" => service.StreamLogs(new StreamLogsRequest { TaskId = handle }, new NoWriter<StreamLogsResponse>(), call),
            "WatchTask" => service.WatchTask(new WatchTaskRequest { TaskId = handle }, new NoWriter<WatchTaskResponse>(), call),
            "StreamStats" => service.StreamStats(
                new StreamStatsRequest { TaskId = handle }, new NoWriter<StreamStatsResponse>(), call),
            "AttachTask" => service.AttachTask(Attaching(handle), new NoWriter<AttachTaskResponse>(), call),
            _ => throw new NotSupportedException($"{method} is new: give it a line here"),
        });
    }

    private static ScriptedReader<AttachTaskRequest> Attaching(TaskHandle handle)
    {
        var requests = new ScriptedReader<AttachTaskRequest>();
        requests.Send(new AttachTaskRequest { TaskId = handle });
        requests.Complete();
        return requests;
    }

    /// <summary>Notes which names a set is asked for.</summary>
    private sealed class LookUps : IEqualityComparer<string>
    {
        private List<string> _names = [];

        public List<string> Take() => Interlocked.Exchange(ref _names, []);

        public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

        public int GetHashCode(string name)
        {
            _names.Add(name);
            return name.GetHashCode(StringComparison.Ordinal);
        }
    }

    private sealed class NoWriter<T> : IServerStreamWriter<T>
    {
        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(T message) =>
            throw new InvalidOperationException("nothing is to be written");
    }
}
