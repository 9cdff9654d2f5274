using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Levity.Daemon.Api;
using Levity.Daemon.Security;
using Levity.Daemon.Supervision;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Api;

/// <summary>What StreamStats tells, of which tasks, and until when.</summary>
public sealed class StatsStreamTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly FakeApplication _application = new();
    private readonly CollectingWriter<StreamStatsResponse> _stream = new();
    private readonly CancellationTokenSource _client = new();
    private readonly List<int> _askedAtOnce = [];
    private SupervisedTasks _world = null!;
    private TaskService _service = null!;

    // What all tasks have used, and when that was measured.
    private (TimeSpan Used, TimeSpan At) _usage = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(100));

    public async ValueTask InitializeAsync()
    {
        _world = await SupervisedTasks.RunningAsync();
        _service = _world.NewService(_application, new Roles { Viewers = new HashSet<string> { "vera" } });
        _world.Supervisor.OnMeasure = request =>
        {
            _askedAtOnce.Add(request.TaskIds.Count);
            return Task.FromResult(
                new Reply { ChildrenMeasured = new ChildrenMeasured { Children = { request.TaskIds.Select(Measured) } } });
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _application.Dispose();
        _client.Dispose();
    }

    [Fact]
    public async Task A_task_is_told_of_with_its_share_of_the_processors_since_the_round_before()
    {
        var task = await _world.StartAsync();
        var streaming = StreamAsync("alice", RequestFor(task.Record.Id));

        var first = Assert.Single((await NextRoundAsync()).Stats);
        Assert.Equal(task.Record.Id.ToString(), first.TaskId.Id);
        Assert.Equal(("alice", "true", 3), (first.Owner, first.Binary, first.Processes));
        Assert.Equal(DateTime.UnixEpoch.AddSeconds(7), first.StartedAt.ToDateTime());
        Assert.Equal((10, 1), (first.UserTime.Seconds, first.SystemTime.Seconds));
        Assert.Equal((4096, 8192, false), (first.MemoryBytes, first.MemoryPeakBytes, first.HasCpuShare));

        _usage = (TimeSpan.FromSeconds(13), TimeSpan.FromSeconds(102));
        var second = Assert.Single((await NextRoundAsync(Interval)).Stats);
        Assert.Equal(1.5, second.CpuShare);

        // Another stream had it measured a moment ago: nothing new is known.
        Assert.Equal(1.5, Assert.Single((await NextRoundAsync(Interval)).Stats).CpuShare);

        await _client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Soon.Async(streaming));
    }

    [Fact]
    public async Task Less_time_than_before_is_a_share_of_nothing()
    {
        var task = await _world.StartAsync();
        _ = StreamAsync("alice", RequestFor(task.Record.Id));
        await NextRoundAsync();

        _usage = (TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(102));

        Assert.Equal(0, Assert.Single((await NextRoundAsync(Interval)).Stats).CpuShare);
        await _client.CancelAsync();
    }

    [Fact]
    public async Task The_stream_of_one_task_ends_with_it()
    {
        var task = await _world.StartAsync();
        var streaming = StreamAsync("alice", RequestFor(task.Record.Id));
        await NextRoundAsync();

        _world.Supervision.ChildEnded(new ChildEnded { TaskId = task.Record.Id.ToString(), ExitCode = 0 });

        await Soon.Async(streaming);
        Assert.Empty(_stream.Rest());
    }

    [Fact]
    public async Task One_round_comes_after_an_interval_and_has_shares()
    {
        await _world.StartAsync();
        var streaming = StreamAsync("alice", new StreamStatsRequest { Once = true, Interval = Interval.ToDuration() });
        while (_askedAtOnce.Count == 0)
        {
            await Task.Yield();
        }

        Assert.Empty(_stream.Rest());
        _usage = (TimeSpan.FromSeconds(11), TimeSpan.FromSeconds(102));

        Assert.Equal(0.5, Assert.Single((await NextRoundAsync(Interval)).Stats).CpuShare);
        await Soon.Async(streaming);
    }

    [Fact]
    public async Task Without_a_task_it_is_about_the_callers_own_and_for_viewers_about_everybodys()
    {
        var own = await _world.StartAsync();
        await _world.Tasks.StartAsync("bob", SupervisedTasks.SomeRequest());

        _ = StreamAsync("alice", new StreamStatsRequest());
        Assert.Equal(own.Record.Id.ToString(), Assert.Single((await NextRoundAsync()).Stats).TaskId.Id);
        _ = StreamAsync("vera", new StreamStatsRequest { Everybody = true });
        Assert.Equal(["alice", "bob"], (await NextRoundAsync()).Stats.Select(stats => stats.Owner).Order());
        _ = StreamAsync("vera", new StreamStatsRequest());
        Assert.Empty((await NextRoundAsync()).Stats);
        var refusal = await Assert.ThrowsAsync<RpcException>(
            () => StreamAsync("alice", new StreamStatsRequest { Everybody = true }));

        Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode);
        Assert.StartsWith("everybody: alice may not", refusal.Status.Detail, StringComparison.Ordinal);
        await _client.CancelAsync();
    }

    [Fact]
    public async Task Many_tasks_are_asked_for_and_told_in_parts()
    {
        for (var i = 0; i < 300; i++)
        {
            await _world.StartAsync();
        }

        _ = StreamAsync("alice", new StreamStatsRequest());
        var messages = new List<StreamStatsResponse>();
        do
        {
            messages.Add(await _stream.NextAsync());
        }
        while (!messages[^1].RoundComplete);

        Assert.Equal([100, 100, 100], messages.Select(message => message.Stats.Count));
        Assert.Equal(300, messages.SelectMany(message => message.Stats).DistinctBy(stats => stats.TaskId).Count());
        Assert.Equal([256, 44], _askedAtOnce);
        await _client.CancelAsync();
    }

    [Fact]
    public async Task A_supervisor_that_is_away_costs_a_round_and_not_the_stream()
    {
        var task = await _world.StartAsync();
        var measure = _world.Supervisor.OnMeasure;
        var tried = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = StreamAsync("alice", RequestFor(task.Record.Id));
        await NextRoundAsync();

        _world.Supervisor.OnMeasure = _ =>
        {
            _world.Supervisor.OnMeasure = measure;
            tried.SetResult();
            return Task.FromException<Reply>(ScriptedSupervisor.Unavailable());
        };
        _world.Time.Advance(Interval);
        await Soon.Async(tried.Task);

        Assert.Single((await NextRoundAsync(Interval)).Stats);
        await _client.CancelAsync();
    }

    [Fact]
    public async Task Of_one_round_it_is_told_that_the_supervisor_is_away()
    {
        await _world.StartAsync();
        _world.Supervisor.OnMeasure = _ => Task.FromException<Reply>(ScriptedSupervisor.Unavailable());

        await Assert.ThrowsAsync<SupervisorUnavailableException>(
            () => StreamAsync("alice", new StreamStatsRequest { Once = true }));
    }

    [Theory]
    [InlineData(Failure.Types.Kind.Version, StatusCode.FailedPrecondition)]
    [InlineData(Failure.Types.Kind.Resources, StatusCode.Unavailable)]
    public async Task What_the_supervisor_cannot_do_is_told(Failure.Types.Kind kind, StatusCode expected)
    {
        var task = await _world.StartAsync();
        _world.Supervisor.OnMeasure = _ => Task.FromResult(ScriptedSupervisor.Failed(kind, "why it cannot"));

        var refusal = await Assert.ThrowsAsync<RpcException>(() => StreamAsync("alice", RequestFor(task.Record.Id)));

        Assert.Equal(expected, refusal.StatusCode);
        Assert.Contains("why it cannot", refusal.Status.Detail, StringComparison.Ordinal);
    }

    private static StreamStatsRequest RequestFor(TaskId id) =>
        new() { TaskId = new TaskHandle { Id = id.ToString() }, Interval = Interval.ToDuration() };

    private Task StreamAsync(string caller, StreamStatsRequest request) => _service.StreamStats(
        request, _stream, new FakeCall(new CallerIdentity(caller, DateTimeOffset.MaxValue), _client.Token, method: "StreamStats"));

    private Task<StreamStatsResponse> NextRoundAsync(TimeSpan after = default)
    {
        _world.Time.Advance(after);
        return _stream.NextAsync();
    }

    private MeasuredChild Measured(string id) => new()
    {
        TaskId = id,
        StartedAtUnixNs = 7_000_000_000,
        MeasuredAtNs = (long)_usage.At.TotalNanoseconds,
        UserTimeUs = (long)_usage.Used.TotalMicroseconds,
        SystemTimeUs = 1_000_000,
        MemoryBytes = 4096,
        MemoryPeakBytes = 8192,
        Processes = 3,
    };
}
