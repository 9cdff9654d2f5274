using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Levity.Daemon.Api;
using Levity.Daemon.Security;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Daemon.Tests.LogStreaming;
using Levity.Protocol;

namespace Levity.Daemon.Tests.Api;

/// <summary>What those with whom a task of alice's is shared are told of it, and may do with it, and until when.</summary>
public sealed class TaskServiceSharingTests : IAsyncLifetime
{
    private readonly FakeApplication _application = new();
    private readonly CollectingWriter<StreamLogsResponse> _stream = new();
    private readonly SupervisedTasks _world = new(inactivityTimeout: TimeSpan.FromHours(100));
    private TaskService _service = null!;
    private ManagedTask _task = null!;
    private TestLog _log = null!;

    private TaskHandle Handle => new() { Id = _task.Record.Id.ToString() };

    private Status NotFound => RpcErrors.NoSuchTask(Handle.Id).Status;

    public async ValueTask InitializeAsync()
    {
        _service = _world.NewService(_application, new Roles { Admins = new HashSet<string> { "adam" } });
        var request = SupervisedTasks.SomeRequest();
        request.Environment["TOKEN"] = "secret";
        var outcome = await _world.Tasks.StartAsync(SupervisedTasks.Owner, request);
        _task = _world.Find(outcome.Id);
        _log = new TestLog(_world.Logs, Handle.Id);
        _log.Write("hello");
    }

    public async ValueTask DisposeAsync()
    {
        _log.Dispose();
        await _world.DisposeAsync();
        _application.Dispose();
    }

    [Fact]
    public async Task Who_may_read_is_told_all_but_the_values_of_the_environment_and_that_these_are_withheld()
    {
        await ShareAsync("bob", read: true);
        await ShareAsync("carol", signal: true);

        var told = await QueryAsync("bob");

        Assert.Equal(("true", ""), (told.Request.Binary, told.Request.Environment["TOKEN"]));
        Assert.True(told.EnvironmentWithheld);
        Assert.Equal(["bob"], told.Shares.Select(share => share.User));
        Assert.Equal("hello", (await FetchAsync("bob")).Stdout.ToStringUtf8());
        Assert.Equal(StatusCode.PermissionDenied, (await RefusedAsync(() => SignalAsync("bob"))).StatusCode);
        var owners = await QueryAsync("alice");
        Assert.Equal(("secret", false), (owners.Request.Environment["TOKEN"], owners.EnvironmentWithheld));
        Assert.Equal(["bob", "carol"], owners.Shares.Select(share => share.User));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_is_withheld_where_nothing_is_told_or_there_is_nothing(bool withRequest)
    {
        _task = await _world.StartAsync();
        await ShareAsync("bob", read: true);

        Assert.False((await QueryAsync("bob", withRequest)).EnvironmentWithheld);
    }

    [Fact]
    public async Task Who_may_signal_stops_the_task_in_their_own_name_and_reads_nothing_of_it()
    {
        await ShareAsync("bob", signal: true);

        await SignalAsync("bob");

        Assert.Equal("bob", _world.Supervisor.LastStop!.RequestedBy);
        foreach (var read in (Func<Task>[])[() => QueryAsync("bob"), () => FetchAsync("bob"), () => StreamAsync("bob")])
        {
            var refusal = await RefusedAsync(read);
            Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode);
            Assert.StartsWith($"bob may not read task {Handle.Id}", refusal.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nobody_passes_on_or_removes_what_was_shared_with_them()
    {
        await ShareAsync("bob", read: true, signal: true);

        foreach (var call in (Func<Task>[])
            [() => ShareAsync("carol", read: true, by: "bob"), () => UnshareAsync("bob", by: "bob"), () => RemoveAsync("bob")])
        {
            Assert.Equal(StatusCode.PermissionDenied, (await RefusedAsync(call)).StatusCode);
        }

        Assert.Equal(["bob"], _task.Record.Details!.Shares.Select(share => share.User));
    }

    [Fact]
    public async Task Who_looks_at_a_task_that_was_shared_does_not_keep_it_from_expiring()
    {
        await ShareAsync("bob", read: true);
        var expiry = (await QueryAsync("alice")).ExpiresAt;
        _world.Time.Advance(TimeSpan.FromHours(10));

        await StreamAsync("bob");
        await FetchAsync("bob");

        Assert.Equal(expiry, (await QueryAsync("bob")).ExpiresAt);
        Assert.False(_task.Attention.HasReaders);
    }

    [Fact]
    public async Task An_admin_shares_in_place_of_the_owner_and_takes_back()
    {
        await ShareAsync("bob", read: true, by: "adam");
        Assert.Equal(["bob"], (await QueryAsync("adam")).Shares.Select(share => share.User));

        await UnshareAsync("bob", by: "adam");

        Assert.Equal(NotFound, await RefusedAsync(() => QueryAsync("bob")));
    }

    [Theory]
    [InlineData("alice", "alice", "alice owns the task")]
    [InlineData("alice", "adam", "alice owns the task")]
    [InlineData("adam", "adam", "adam is yourself")]
    public async Task Some_cannot_be_given_a_share(string user, string by, string reason)
    {
        var refusal = await RefusedAsync(() => ShareAsync(user, read: true, by: by));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith($"user: {reason}", refusal.Detail, StringComparison.Ordinal);
        Assert.Null(_task.Record.Details);
    }

    [Fact]
    public async Task A_share_that_is_not_there_cannot_be_taken_back_and_the_answer_says_whose()
    {
        await ShareAsync("bob", read: true);

        var refusal = await RefusedAsync(() => UnshareAsync("bbo"));

        Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
        Assert.StartsWith($"task {Handle.Id} is not shared with bbo", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_share_too_many_is_refused_with_the_number_and_what_to_do()
    {
        for (var i = 0; i < TaskSharing.MostShares; i++)
        {
            await ShareAsync($"user-{i}", read: true);
        }

        var refusal = await RefusedAsync(() => ShareAsync("bob", read: true));

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Contains("with 64 users", refusal.Detail, StringComparison.Ordinal);
        Assert.Contains("levity unshare", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_its_end_on_a_share_is_as_if_it_had_never_been()
    {
        await ShareAsync("bob", read: true, signal: true, validFor: TimeSpan.FromHours(1));
        _world.Time.Advance(TimeSpan.FromHours(1));

        foreach (var call in (Func<Task>[])
            [() => QueryAsync("bob"), () => SignalAsync("bob"), () => StreamAsync("bob"), () => RemoveAsync("bob")])
        {
            Assert.Equal(NotFound, await RefusedAsync(call));
        }
    }

    [Fact]
    public async Task A_stream_ends_when_its_readers_share_is_taken_back()
    {
        await ShareAsync("bob", read: true);
        var reading = StreamAsync("bob", follow: true);
        await _stream.NextAsync();

        await UnshareAsync("bob");

        Assert.Equal(NotFound, await RefusedAsync(() => reading));
    }

    [Fact]
    public async Task A_stream_ends_when_its_readers_share_is_replaced_by_one_that_does_not_let_them_read()
    {
        await ShareAsync("bob", read: true);
        var reading = StreamAsync("bob", follow: true);
        await _stream.NextAsync();

        await ShareAsync("bob", signal: true);

        Assert.Equal(StatusCode.PermissionDenied, (await RefusedAsync(() => reading)).StatusCode);
    }

    [Fact]
    public async Task A_stream_ends_with_its_readers_share()
    {
        await ShareAsync("bob", read: true, validFor: TimeSpan.FromHours(1));
        var reading = StreamAsync("bob", follow: true);
        await _stream.NextAsync();

        _world.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(NotFound, await RefusedAsync(() => reading));
    }

    [Fact]
    public async Task A_stream_goes_on_when_its_readers_share_is_renewed_and_when_others_lose_theirs()
    {
        await ShareAsync("bob", read: true, validFor: TimeSpan.FromHours(1));
        await ShareAsync("carol", read: true);
        var reading = StreamAsync("bob", follow: true);
        await _stream.NextAsync();

        await ShareAsync("bob", read: true, signal: true);
        await UnshareAsync("carol");
        _world.Time.Advance(TimeSpan.FromHours(2));
        _log.Write("more").Seal();
        _world.Tail.Wake(Handle.Id);

        await Soon.Async(reading);
        Assert.Equal("more", (await _stream.NextAsync()).Chunk.Data.ToStringUtf8());
    }

    [Fact]
    public async Task The_stream_of_the_owner_needs_no_share()
    {
        await ShareAsync("bob", read: true, validFor: TimeSpan.FromHours(1));
        var reading = StreamAsync("alice", follow: true);
        await _stream.NextAsync();

        await UnshareAsync("bob");
        _world.Time.Advance(TimeSpan.FromHours(2));
        _log.Seal();
        _world.Tail.Wake(Handle.Id);

        await Soon.Async(reading);
    }

    private static async Task<Status> RefusedAsync(Func<Task> call) =>
        (await Soon.Async(Assert.ThrowsAsync<RpcException>(call))).Status;

    private async Task<TaskShare> ShareAsync(
        string user, bool read = false, bool signal = false, TimeSpan? validFor = null, string by = "alice") =>
        (await _service.ShareTask(
            new ShareTaskRequest
            {
                TaskId = Handle,
                User = user,
                Read = read,
                Signal = signal,
                ValidFor = validFor?.ToDuration(),
            },
            Call(by, "ShareTask"))).Share;

    private Task UnshareAsync(string user, string by = "alice") =>
        _service.UnshareTask(new UnshareTaskRequest { TaskId = Handle, User = user }, Call(by, "UnshareTask"));

    private Task<QueryTaskResponse> QueryAsync(string caller, bool withRequest = true) =>
        _service.QueryTask(new QueryTaskRequest { TaskId = Handle, WithRequest = withRequest }, Call(caller, "QueryTask"));

    private Task SignalAsync(string caller) =>
        _service.SignalTask(new SignalTaskRequest { TaskId = Handle }, Call(caller, "SignalTask"));

    private Task RemoveAsync(string caller) =>
        _service.RemoveTask(new RemoveTaskRequest { TaskId = Handle, Force = true }, Call(caller, "RemoveTask"));

    private Task<FetchLogsResponse> FetchAsync(string caller) =>
        _service.FetchLogs(new FetchLogsRequest { TaskId = Handle }, Call(caller, "FetchLogs"));

    private Task StreamAsync(string caller, bool follow = false) => _service.StreamLogs(
        new StreamLogsRequest { TaskId = Handle, Follow = follow }, _stream, Call(caller, "StreamLogs"));

    private FakeCall Call(string caller, string method) => new(
        new CallerIdentity(caller, _world.Time.GetUtcNow().AddYears(1)),
        TestContext.Current.CancellationToken,
        method: method);
}
