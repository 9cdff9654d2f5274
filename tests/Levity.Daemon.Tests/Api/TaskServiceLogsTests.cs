using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Levity.Daemon.Api;
using Levity.Daemon.LogStreaming;
using Levity.Daemon.Registry;
using Levity.Daemon.Security;
using Levity.Daemon.Security.Trust;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Daemon.Tests.LogStreaming;
using Levity.Daemon.Tests.Security.Trust;
using Levity.Logs;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Microsoft.AspNetCore.Http.Features;
using LogStream = Levity.Protocol.LogStream;

namespace Levity.Daemon.Tests.Api;

public sealed class TaskServiceLogsTests : IAsyncLifetime
{
    private static readonly TimeSpan ReaderTimeout = TimeSpan.FromSeconds(20);

    private readonly FakeApplication _application = new();
    private readonly CancellationTokenSource _client = new();
    private readonly CollectingWriter<StreamLogsResponse> _stream = new();
    private readonly TestTrust _trust = new();
    private SupervisedTasks _world = null!;
    private ClientConnection _connection = null!;
    private TaskService _service = null!;
    private ManagedTask _task = null!;
    private TestLog _log = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await SupervisedTasks.RunningAsync();
        _service = _world.NewService(
            _application, options: new StreamOptions { ReaderTimeout = ReaderTimeout });
        _connection = _trust.Connect(new CallerIdentity(SupervisedTasks.Owner, _world.Time.GetUtcNow().AddHours(1)));
        _task = await _world.StartAsync();
        _log = new TestLog(_world.Logs, _task.Record.Id.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        _log.Dispose();
        await _world.DisposeAsync();
        _application.Dispose();
        _client.Dispose();
        _trust.Dispose();
    }

    [Fact]
    public async Task All_that_was_written_is_fetched_each_stream_by_itself()
    {
        _log.Write("a\0").Write("1", Logs.LogStream.Stderr);
        _log.Write([0xff, 0xfe]).Write("2", Logs.LogStream.Stderr).Seal();

        var fetched = await FetchAsync();

        Assert.Equal((byte[])[(byte)'a', 0, 0xff, 0xfe], fetched.Stdout);
        Assert.Equal("12"u8.ToArray(), fetched.Stderr);
    }

    [Fact]
    public async Task What_a_running_task_has_written_so_far_is_fetched_too()
    {
        _log.Write("so far");

        Assert.Equal("so far", (await FetchAsync()).Stdout.ToStringUtf8());
    }

    [Fact]
    public async Task A_log_that_fits_into_one_message_is_fetched()
    {
        WriteBytes(15);
        _log.Write(new byte[LogFrameBuffer.MaxPayload - 4096]);

        var fetched = await FetchAsync();

        Assert.Equal((16 * LogFrameBuffer.MaxPayload) - 4096, fetched.Stdout.Length);
        Assert.True(fetched.CalculateSize() <= 4 * 1024 * 1024);
    }

    [Fact]
    public async Task A_log_that_does_not_fit_is_refused_with_what_to_do_instead()
    {
        WriteBytes(8, Logs.LogStream.Stderr);
        WriteBytes(8);

        var e = await Assert.ThrowsAsync<RpcException>(FetchAsync);

        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
        Assert.Contains("StreamLogs", e.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_is_not_executed_yet_has_written_nothing()
    {
        var starting = new TaskCompletionSource<Reply>();
        _world.Supervisor.OnStart = _ => starting.Task;
        var start = _world.Tasks.StartAsync(SupervisedTasks.Owner, SupervisedTasks.SomeRequest());
        var other = _world.Tasks.Unfinished.Single(task => task != _task);

        var fetched = await _service.FetchLogs(new FetchLogsRequest { TaskId = HandleOf(other) }, Call());

        Assert.Equal(new FetchLogsResponse(), fetched);
        starting.SetResult(ScriptedSupervisor.Started());
        await start;
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 96)]
    [InlineData(true, 96)]
    public async Task A_log_that_somebody_has_taken_away_is_not_an_empty_one(bool isOver, ulong cursor)
    {
        _log.Write("precious").Seal();
        if (isOver)
        {
            await _world.Tasks.EndAsync(_task, new ChildEnded { ExitCode = 0 });
        }

        Directory.Delete(Path.Combine(_world.Logs, _task.Record.Id.ToString()), recursive: true);

        foreach (var read in (Func<Task>[])
            [
                FetchAsync,
                () => StreamAsync(new StreamLogsRequest { Cursor = cursor }),
                () => StreamAsync(new StreamLogsRequest { Follow = true, Cursor = cursor }),
                () => StreamAsync(new StreamLogsRequest { TailLines = 1 }),
            ])
        {
            var e = await Assert.ThrowsAsync<RpcException>(() => Soon.Async(read()));
            Assert.Equal(StatusCode.DataLoss, e.StatusCode);
            Assert.StartsWith($"the log of task {_task.Record.Id} is gone", e.Status.Detail, StringComparison.Ordinal);
            Assert.Contains("levity rm", e.Status.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_stream_tells_the_streams_the_times_and_the_cursors()
    {
        _log.Write("out");
        var afterFirst = _log.End;
        _log.Write("err", Logs.LogStream.Stderr).Seal();

        await StreamAsync(new StreamLogsRequest());

        var time = new Timestamp { Seconds = 1, Nanos = 1 };
        Assert.Equal(
            [
                new StreamLogsResponse
                {
                    Cursor = afterFirst,
                    Chunk = new LogChunk { Stream = LogStream.Stdout, Data = Bytes("out"), Time = time },
                },
                new StreamLogsResponse
                {
                    Cursor = _log.End,
                    Chunk = new LogChunk { Stream = LogStream.Stderr, Data = Bytes("err"), Time = time },
                },
                new StreamLogsResponse { Cursor = _log.End, Sealed = new LogSealed() },
            ],
            _stream.Rest());
    }

    [Theory]
    [InlineData(LogStream.Stdout, "out")]
    [InlineData(LogStream.Stderr, "err")]
    public async Task Only_the_stream_that_was_asked_for_is_sent(LogStream stream, string expected)
    {
        _log.Write("out").Write("err", Logs.LogStream.Stderr);

        await StreamAsync(new StreamLogsRequest { Stream = stream });

        Assert.Equal(expected, Assert.Single(_stream.Rest()).Chunk.Data.ToStringUtf8());
    }

    [Fact]
    public async Task A_stream_goes_on_after_the_cursor_it_is_given()
    {
        _log.Write("one");
        var cursor = _log.End;
        _log.Write("two");

        await StreamAsync(new StreamLogsRequest { Cursor = cursor });

        Assert.Equal("two", Assert.Single(_stream.Rest()).Chunk.Data.ToStringUtf8());
    }

    [Fact]
    public async Task A_cursor_that_nobody_gave_out_is_refused()
    {
        _log.Write("one");

        await Assert.ThrowsAsync<InvalidCursorException>(() => StreamAsync(new StreamLogsRequest { Cursor = 1 }));
    }

    [Theory]
    [InlineData(null, null, "abcd")]
    [InlineData(20L, null, "bcd")]
    [InlineData(null, 30L, "ad")]
    [InlineData(15L, 30L, "d")]
    [InlineData(31L, null, "c")]
    [InlineData(41L, null, "")]
    [InlineData(-9_000_000_000L, 9_000_000_000L, "abcd")]
    public async Task Only_what_arrived_in_time_is_sent(long? since, long? until, string expected)
    {
        // The clock was set back before the last one.
        foreach (var (text, seconds) in (ReadOnlySpan<(string, long)>)[("a", 10), ("b", 30), ("c", 40), ("d", 20)])
        {
            _log.Write(text, unixNs: seconds * 1_000_000_000);
        }

        await StreamAsync(new StreamLogsRequest { Since = TimeOf(since), Until = TimeOf(until) });

        Assert.Equal(expected, string.Concat(_stream.Rest().Select(message => message.Chunk.Data.ToStringUtf8())));
    }

    [Theory]
    [InlineData(2ul, LogStream.Unspecified, new[] { "two\n", "three" })]
    [InlineData(1ul, LogStream.Stderr, new[] { "err\n" })]
    [InlineData(0ul, LogStream.Unspecified, new string[0])]
    [InlineData(99ul, LogStream.Stdout, new[] { "", "one\ntwo\n", "three" })]
    [InlineData(3ul, LogStream.Stdout, new[] { "", "one\ntwo\n", "three" })]
    [InlineData(1ul, LogStream.Stdout, new[] { "", "three" })]
    public async Task A_stream_begins_with_the_last_lines(ulong lines, LogStream stream, string[] expected)
    {
        _log.Write("err\n", Logs.LogStream.Stderr).Write("one\ntwo\n").Write("three");

        await StreamAsync(new StreamLogsRequest { TailLines = lines, Stream = stream });

        // A message without an event says where it begins, unless that is within a chunk.
        var texts = _stream.Rest().Select(message => message.Chunk?.Data.ToStringUtf8() ?? "").ToList();
        Assert.Equal(expected.Length == 0 || stream == LogStream.Stderr ? ["", .. expected] : expected, texts);
    }

    [Fact]
    public async Task Who_was_told_where_the_last_lines_begin_goes_on_from_there()
    {
        _log.Write("before\n");
        await StreamAsync(new StreamLogsRequest { TailLines = 0 });
        var begin = Assert.Single(_stream.Rest());
        Assert.Equal(StreamLogsResponse.EventOneofCase.None, begin.EventCase);
        _log.Write("after\n");

        await StreamAsync(new StreamLogsRequest { Cursor = begin.Cursor });

        Assert.Equal("after\n", Assert.Single(_stream.Rest()).Chunk.Data.ToStringUtf8());
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(5ul)]
    public async Task The_end_of_a_task_whose_log_could_not_be_sealed_is_told(ulong lost)
    {
        _log.Write("kept");
        await _world.Tasks.EndAsync(
            _task, new ChildEnded { TaskId = _task.Record.Id.ToString(), ExitCode = 0, LostLogBytes = lost });

        await StreamAsync(new StreamLogsRequest { Follow = true });

        var messages = _stream.Rest().ToList();
        Assert.Equal("kept", messages[0].Chunk.Data.ToStringUtf8());
        Assert.Equal(lost > 0 ? 3 : 2, messages.Count);
        Assert.Equal(lost > 0, messages[1].Gap is { MissingBytes: 0 });
        Assert.NotNull(messages[^1].Sealed);
        Assert.Equal(lost > 0 ? 1 : 0, (await FetchAsync()).Gaps.Count);
        Assert.Equal(lost, _task.Record.Ending!.LostLogBytes);
    }

    [Fact]
    public async Task Who_follows_gets_what_is_written_later()
    {
        var streaming = StreamAsync(new StreamLogsRequest { Follow = true });
        await _world.Journal.WaitForAsync($"watch {_task.Record.Id} {_log.End}");

        _log.Write("later").Seal();
        _world.Supervision.LogGrown(new LogGrown { TaskId = _task.Record.Id.ToString(), End = _log.End });

        Assert.Equal("later", (await _stream.NextAsync()).Chunk.Data.ToStringUtf8());
        Assert.NotNull((await _stream.NextAsync()).Sealed);
        await Soon.Async(streaming);
    }

    [Fact]
    public async Task A_followed_stream_ends_when_levityd_does()
    {
        var streaming = StreamAsync(new StreamLogsRequest { Follow = true });
        await _world.Journal.WaitForAsync($"watch {_task.Record.Id} {_log.End}");

        _application.StopApplication();

        var e = await Assert.ThrowsAsync<RpcException>(() => Soon.Async(streaming));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    [Fact]
    public async Task A_followed_stream_ends_with_its_callers_certificate()
    {
        var streaming = StreamAsync(new StreamLogsRequest { Follow = true });
        await _world.Journal.WaitForAsync($"watch {_task.Record.Id} {_log.End}");

        _world.Time.Advance(TimeSpan.FromHours(1));
        await _trust.EndIfRefusedAsync(_connection, _world.Time);

        var e = await Assert.ThrowsAsync<RpcException>(() => Soon.Async(streaming));
        Assert.Equal(StatusCode.Unauthenticated, e.StatusCode);
    }

    [Fact]
    public async Task A_client_that_is_gone_ends_its_stream()
    {
        var streaming = StreamAsync(new StreamLogsRequest { Follow = true });
        await _world.Journal.WaitForAsync($"watch {_task.Record.Id} {_log.End}");

        await _client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Soon.Async(streaming));
    }

    [Fact]
    public async Task A_stream_whose_client_does_not_read_is_reset_with_what_clients_take_for_RESOURCE_EXHAUSTED()
    {
        _log.Write("read").Write("not read");
        var resets = new RecordedReset(_client);
        var writer = new StuckWriter<StreamLogsResponse>(taken: 1);
        var streaming = _service.StreamLogs(
            new StreamLogsRequest { TaskId = HandleOf(_task), Follow = true }, writer, Call(resets));
        Assert.Equal(1, writer.Waiting);

        _world.Time.Advance(ReaderTimeout - TimeSpan.FromTicks(1));
        Assert.False(streaming.IsCompleted);
        _world.Time.Advance(TimeSpan.FromTicks(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Soon.Async(streaming));
        Assert.Equal([0xb], resets.Codes);
    }

    [Fact]
    public async Task A_reader_under_whom_the_task_is_removed_is_told_so_when_the_end_is_missing()
    {
        _log.Write("half");
        var following = StreamAsync(new StreamLogsRequest { Follow = true });
        await _world.Journal.WaitForAsync($"watch {_task.Record.Id} {_log.End}");

        await _world.Tasks.EndAsync(_task, new ChildEnded { ExitCode = 0 });
        await RemoveAsync();
        _world.Tail.Wake(_task.Record.Id.ToString());

        var e = await Assert.ThrowsAsync<RpcException>(() => Soon.Async(following));
        Assert.Equal(StatusCode.NotFound, e.StatusCode);
        Assert.Equal("half", (await _stream.NextAsync()).Chunk.Data.ToStringUtf8());
    }

    [Fact]
    public async Task A_reader_who_gets_to_the_end_of_a_removed_log_has_all_of_it()
    {
        var following = StreamAsync(new StreamLogsRequest { Follow = true });
        await _world.Journal.WaitForAsync($"watch {_task.Record.Id} {_log.End}");

        _log.Write("all").Seal();
        await _world.Tasks.EndAsync(_task, new ChildEnded { ExitCode = 0 });
        await RemoveAsync();
        _world.Tail.Wake(_task.Record.Id.ToString());

        await Soon.Async(following);
        Assert.Equal("all", (await _stream.NextAsync()).Chunk.Data.ToStringUtf8());
        Assert.NotNull((await _stream.NextAsync()).Sealed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(96)]
    public async Task A_log_that_is_being_removed_is_not_found_wherever_one_begins_once_the_record_is_gone(ulong cursor)
    {
        var writing = new TaskCompletionSource();
        await _world.Tasks.EndAsync(_task, new ChildEnded { ExitCode = 0 });
        _world.Registry.BeforeChange = (_, _) => writing.Task;
        var removal = RemoveAsync();

        // A levityd that is killed now knows the task when it comes back.
        var streaming = StreamAsync(new StreamLogsRequest { Cursor = cursor });
        Assert.False(streaming.IsCompleted);
        writing.SetResult();

        var e = await Assert.ThrowsAsync<RpcException>(() => Soon.Async(streaming));
        Assert.Equal(StatusCode.NotFound, e.StatusCode);
        Assert.Empty(_stream.Rest());
        await Soon.Async(removal);
    }

    [Fact]
    public async Task A_log_whose_removal_fails_is_not_said_to_be_gone_for_ever()
    {
        var writing = new TaskCompletionSource();
        await _world.Tasks.EndAsync(_task, new ChildEnded { ExitCode = 0 });
        _world.Registry.BeforeChange = (_, _) => writing.Task;
        var removal = RemoveAsync();
        var streaming = StreamAsync(new StreamLogsRequest());

        writing.SetException(ScriptedRegistry.Full());

        var e = await Assert.ThrowsAsync<RpcException>(() => Soon.Async(streaming));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        await Assert.ThrowsAsync<RegistryUnavailableException>(() => Soon.Async(removal));
        Assert.Equal(StatusCode.DataLoss, (await Assert.ThrowsAsync<RpcException>(FetchAsync)).StatusCode);
    }

    private Task<RemoveOutcome> RemoveAsync() => _world.Tasks.RemoveAsync(
        _task, SupervisedTasks.Owner, force: false, TestContext.Current.CancellationToken);

    private static Timestamp? TimeOf(long? seconds) =>
        seconds is { } number ? new Timestamp { Seconds = number } : null;

    private static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);

    private static TaskHandle HandleOf(ManagedTask task) => new() { Id = task.Record.Id.ToString() };

    private void WriteBytes(int frames, Logs.LogStream stream = Logs.LogStream.Stdout)
    {
        for (var i = 0; i < frames; i++)
        {
            _log.Write(new byte[LogFrameBuffer.MaxPayload], stream);
        }
    }

    private Task<FetchLogsResponse> FetchAsync() =>
        _service.FetchLogs(new FetchLogsRequest { TaskId = HandleOf(_task) }, Call());

    private Task StreamAsync(StreamLogsRequest request)
    {
        request.TaskId = HandleOf(_task);
        return _service.StreamLogs(request, _stream, Call());
    }

    private FakeCall Call(IHttpResetFeature? reset = null) =>
        new(_connection.Caller, _client.Token, reset, _connection);
}
