using Google.Protobuf;
using Grpc.Core;
using Levity.Daemon.Api;
using Levity.Daemon.Security;
using Levity.Daemon.Supervision;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Api;

public sealed class TaskServiceAttachTests : IAsyncLifetime
{
    private readonly FakeApplication _application = new();
    private readonly SupervisedTasks _world = new();
    private readonly ScriptedReader<AttachTaskRequest> _requests = new();
    private readonly CollectingWriter<AttachTaskResponse> _responses = new();
    private TaskService _service = null!;
    private ManagedTask _task = null!;

    private string Id => _task.Record.Id.ToString();

    public async ValueTask InitializeAsync()
    {
        _service = _world.NewService(_application);
        await StartAsync(new StartTaskRequest { Binary = "cat", Stdin = true });
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _application.Dispose();
    }

    [Fact]
    public async Task Input_is_passed_on_and_acknowledged_in_order()
    {
        var call = Attach("alice");
        Send("abc", 0);
        Send("d", 3, end: true);

        Assert.False((await _responses.NextAsync()).Attached.Terminal);
        Assert.Equal(3ul, (await _responses.NextAsync()).Taken);
        Assert.Equal(4ul, (await _responses.NextAsync()).Taken);
        Assert.NotNull((await _responses.NextAsync()).Closed);
        _requests.Complete();
        await Soon.Async(call);
        Assert.Equal([$"write {Id} 0 abc", $"write {Id} 3 d end"], Writes());
    }

    [Fact]
    public async Task What_the_task_has_no_room_for_is_passed_on_again_and_acknowledged_as_a_whole()
    {
        ulong[] taken = [2, 2, 5];
        var asked = 0;
        _world.Supervisor.OnWrite = _ => Task.FromResult(Taken(taken[asked++]));

        var call = Attach("alice");
        Send("abcde", 0);

        await _responses.NextAsync();
        Assert.Equal(5ul, (await _responses.NextAsync()).Taken);
        _requests.Complete();
        await Soon.Async(call);
        Assert.Equal([$"write {Id} 0 abcde", $"write {Id} 2 cde", $"write {Id} 2 cde"], Writes());
    }

    [Fact]
    public async Task Each_users_writers_are_their_own()
    {
        await _world.Sharing.ShareAsync(_task, new ShareTaskRequest { User = "bob", Attach = true });
        var writers = new List<string>();
        _world.Supervisor.OnWrite = request =>
        {
            writers.Add(request.Writer);
            return Task.FromResult(Taken(1));
        };

        foreach (var user in (string[])["alice", "bob"])
        {
            var requests = new ScriptedReader<AttachTaskRequest>();
            requests.Send(First(writer: "w"));
            requests.Send(new AttachTaskRequest { Input = new InputChunk { Data = ByteString.CopyFromUtf8("a") } });
            requests.Complete();
            await Soon.Async(_service.AttachTask(requests, _responses, CallOf(user)));
        }

        Assert.Equal(["alice w", "bob w"], writers);
    }

    [Fact]
    public async Task A_task_that_takes_no_more_is_told_and_what_still_comes_is_passed_over()
    {
        _world.Supervisor.OnWrite = _ => Task.FromResult(Taken(0, closed: true));

        var call = Attach("alice");
        Send("abc", 0);
        Send("def", 3);
        _requests.Complete();
        await Soon.Async(call);

        Assert.Equal(
            [AttachTaskResponse.EventOneofCase.Attached, AttachTaskResponse.EventOneofCase.Taken, AttachTaskResponse.EventOneofCase.Closed],
            _responses.Rest().Select(response => response.EventCase));
        Assert.Single(Writes());
    }

    [Fact]
    public async Task The_end_of_the_task_ends_a_call_whose_client_is_silent_or_waits_for_the_task()
    {
        var waits = new TaskCompletionSource<Reply>();
        _world.Supervisor.OnWrite = _ => waits.Task;
        var silent = Attach("alice");
        var waiting = new ScriptedReader<AttachTaskRequest>();
        waiting.Send(First());
        waiting.Send(new AttachTaskRequest { Input = new InputChunk { Data = ByteString.CopyFromUtf8("a") } });
        var writer = new CollectingWriter<AttachTaskResponse>();
        var stuck = _service.AttachTask(waiting, writer, CallOf("alice"));
        await _responses.NextAsync();
        await _world.Journal.WaitForAsync($"write {Id} 0 a");

        await _world.Tasks.EndAsync(_task, new ChildEnded { TaskId = Id, ExitCode = 0 });

        await Soon.Async(silent);
        Assert.NotNull((await _responses.NextAsync()).Closed);
        await Soon.Async(stuck);
        await writer.NextAsync();
        Assert.NotNull((await writer.NextAsync()).Closed);
    }

    [Fact]
    public async Task The_size_of_a_terminal_is_passed_on()
    {
        await StartAsync(new StartTaskRequest { Binary = "sh", Terminal = new Terminal() });
        _requests.Send(First(size: (30, 90)));
        _requests.Send(new AttachTaskRequest { Size = new() { Rows = 1, Columns = 65_535 } });
        _requests.Complete();

        await Soon.Async(_service.AttachTask(_requests, _responses, CallOf("alice")));

        Assert.True((await _responses.NextAsync()).Attached.Terminal);
        Assert.Equal(
            [$"resize {Id} 30x90", $"resize {Id} 1x65535"],
            _world.Journal.Entries.Where(entry => entry.StartsWith("resize", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_task_without_an_input_cannot_be_given_one()
    {
        await StartAsync(new StartTaskRequest { Binary = "cat" });

        var refusal = await RefusedAsync(Attach("alice"));

        Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);
        Assert.StartsWith($"task {Id} was started without an input", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gap_in_the_input_is_refused_with_where_it_is()
    {
        _world.Supervisor.OnWrite = _ => Task.FromResult(Taken(3));

        var call = Attach("alice");
        Send("x", 5);

        var refusal = await RefusedAsync(call);
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith("input.offset: 5 leaves bytes out: 3 of this writer", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_supervisor_is_a_reason_that_is_told()
    {
        _world.Supervisor.OnWrite = _ => Task.FromResult(
            ScriptedSupervisor.Failed(Failure.Types.Kind.Version, "it has to be upgraded"));

        var call = Attach("alice");
        Send("x", 0);

        Assert.Equal(new Status(StatusCode.FailedPrecondition, "it has to be upgraded"), await RefusedAsync(call));
    }

    [Fact]
    public async Task A_supervisor_that_is_away_can_be_tried_again()
    {
        _world.Supervisor.OnWrite = _ => throw ScriptedSupervisor.Unavailable();

        var call = Attach("alice");
        Send("x", 0);

        await Assert.ThrowsAsync<SupervisorUnavailableException>(() => Soon.Async(call));
    }

    [Theory]
    [InlineData(false, false, StatusCode.NotFound)]
    [InlineData(true, false, StatusCode.PermissionDenied)]
    [InlineData(true, true, StatusCode.OK)]
    public async Task Who_may_attach_is_the_owner_and_who_was_given_that(bool read, bool attach, StatusCode expected)
    {
        if (read)
        {
            await _world.Sharing.ShareAsync(_task, new ShareTaskRequest { User = "bob", Read = true, Attach = attach });
        }

        var call = Attach("bob");
        _requests.Complete();

        Assert.Equal(expected, expected == StatusCode.OK ? await OkAsync(call) : (await RefusedAsync(call)).StatusCode);
    }

    [Fact]
    public async Task Who_was_given_that_loses_it_with_the_share()
    {
        await _world.Sharing.ShareAsync(_task, new ShareTaskRequest { User = "bob", Attach = true });
        var call = Attach("bob");
        await _responses.NextAsync();

        await _world.Sharing.UnshareAsync(_task, "bob");

        Assert.Equal(RpcErrors.NoSuchTask(Id).Status, await RefusedAsync(call));
    }

    [Fact]
    public async Task Who_opens_a_call_and_does_not_say_what_for_is_reset()
    {
        using var cancelled = new CancellationTokenSource();
        var reset = new RecordedReset(cancelled);
        var call = _service.AttachTask(_requests, _responses, CallOf("alice", reset, cancelled.Token));

        _world.Time.Advance(TimeSpan.FromMinutes(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Soon.Async(call));
        Assert.Single(reset.Codes);
    }

    private static Reply Taken(ulong taken, bool closed = false) =>
        new() { InputTaken = new InputTaken { Taken = taken, Closed = closed } };

    private static async Task<Status> RefusedAsync(Task call) =>
        (await Assert.ThrowsAsync<RpcException>(() => Soon.Async(call))).Status;

    private static async Task<StatusCode> OkAsync(Task call)
    {
        await Soon.Async(call);
        return StatusCode.OK;
    }

    private FakeCall CallOf(string user) => CallOf(user, reset: null, TestContext.Current.CancellationToken);

    private FakeCall CallOf(string user, RecordedReset? reset, CancellationToken cancelled) =>
        new(new CallerIdentity(user, _world.Time.GetUtcNow().AddHours(1)), cancelled, reset, method: "AttachTask");

    private async Task StartAsync(StartTaskRequest request) =>
        _task = _world.Find((await _world.Tasks.StartAsync(SupervisedTasks.Owner, request)).Id);

    private Task Attach(string user)
    {
        _requests.Send(First());
        return _service.AttachTask(_requests, _responses, CallOf(user));
    }

    private AttachTaskRequest First(string writer = "", (uint Rows, uint Columns)? size = null) => new()
    {
        TaskId = new TaskHandle { Id = Id },
        Writer = writer,
        Size = size is { } given ? new() { Rows = given.Rows, Columns = given.Columns } : null,
    };

    private void Send(string data, ulong offset, bool end = false) => _requests.Send(new AttachTaskRequest
    {
        Input = new InputChunk { Offset = offset, Data = ByteString.CopyFromUtf8(data), End = end },
    });

    private List<string> Writes() =>
        [.. _world.Journal.Entries.Where(entry => entry.StartsWith("write", StringComparison.Ordinal))];
}
