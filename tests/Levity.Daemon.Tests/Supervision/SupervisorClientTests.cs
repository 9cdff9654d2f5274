using Levity.Daemon.Supervision;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Supervision;

public sealed class SupervisorClientTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _state = new();
    private readonly SupervisorSocket _supervisor;
    private readonly WatchedTime _time = new();
    private readonly RecordedEvents _events = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _firstConnection = new();
    private readonly CollectingLogger<SupervisorClient> _log = new();
    private readonly SupervisorClient _client;
    private Task _running = Task.CompletedTask;

    public SupervisorClientTests()
    {
        _supervisor = new SupervisorSocket(_state.Path);
        _client = new SupervisorClient(
            new SupervisorProcess("/nowhere/levity-supervisor", _state.Path, requireOurs: () => { }),
            _time,
            _log);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _running = _client.RunAsync(_events, _firstConnection, _stop.Token);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Soon.Async(_running);
        _stop.Dispose();
        _supervisor.Dispose();
        _state.Dispose();
    }

    [Fact]
    public async Task A_connection_stands_once_the_supervisor_has_welcomed_it()
    {
        var welcome = new Welcome { Pid = 7, Live = { new LiveChild { TaskId = "x" } } };

        await using var peer = await _supervisor.WelcomeAsync(welcome);
        await Soon.Async(_firstConnection.Task);

        Assert.Equal(welcome, await _events.NextAsync());
    }

    [Fact]
    public async Task Whoever_is_told_of_a_connection_can_use_it()
    {
        Task<Reply>? sealing = null;
        _events.OnConnected = () =>
        {
            _client.WatchLog("watched", 1);
            sealing = _client.SealLogAsync(new SealLog { TaskId = "sealed" }, Cancelled);
        };

        await using var peer = await _supervisor.WelcomeAsync();
        await _events.NextAsync();

        Assert.Equal("watched", (await peer.ReceiveAsync()).WatchLog.TaskId);
        var request = await peer.ReceiveAsync();
        peer.Send(new Reply { Id = request.Id, ChildEnded = new ChildEnded { TaskId = "sealed" } });
        Assert.Equal("sealed", (await Soon.Async(sealing!)).ChildEnded.TaskId);
    }

    [Fact]
    public async Task Answers_find_their_questions_in_whatever_order_they_come()
    {
        await using var peer = await ConnectAsync();
        var asked = Enumerable.Range(0, 100).Select(i =>
            _client.StartChildAsync(new StartChild { TaskId = $"{i}" }, Cancelled)).ToList();
        var requests = new List<Request>();
        while (requests.Count < asked.Count)
        {
            requests.Add(await peer.ReceiveAsync());
        }

        requests.Reverse();
        foreach (var request in requests)
        {
            var number = int.Parse(request.StartChild.TaskId);
            peer.Send(new Reply { Id = request.Id, ChildStarted = new ChildStarted { Pid = number } });
        }

        var answers = await Soon.Async(Task.WhenAll(asked));
        Assert.Equal(Enumerable.Range(0, asked.Count), answers.Select(answer => answer.ChildStarted.Pid));
    }

    [Fact]
    public async Task News_are_handed_on_in_their_order()
    {
        await using var peer = await ConnectAsync();

        peer.Send(new Reply { LogGrown = new LogGrown { TaskId = "a", End = 1 } });
        peer.Send(new Reply { ChildEnded = new ChildEnded { TaskId = "a" } });
        peer.Send(new Reply { LogGrown = new LogGrown { TaskId = "b", End = 2 } });

        Assert.Equal(new LogGrown { TaskId = "a", End = 1 }, await _events.NextAsync());
        Assert.Equal(new ChildEnded { TaskId = "a" }, await _events.NextAsync());
        Assert.Equal(new LogGrown { TaskId = "b", End = 2 }, await _events.NextAsync());
    }

    [Fact]
    public async Task An_ending_that_answers_a_question_is_no_news()
    {
        await using var peer = await ConnectAsync();
        var sealing = _client.SealLogAsync(new SealLog { TaskId = "a" }, Cancelled);

        peer.Send(new Reply { Id = (await peer.ReceiveAsync()).Id, ChildEnded = new ChildEnded { TaskId = "a" } });
        peer.Send(new Reply { LogGrown = new LogGrown { TaskId = "b" } });

        Assert.Equal("a", (await Soon.Async(sealing)).ChildEnded.TaskId);
        Assert.IsType<LogGrown>(await _events.NextAsync());
    }

    [Fact]
    public async Task An_answer_to_nothing_is_passed_over()
    {
        await using var peer = await ConnectAsync();

        peer.Send(new Reply { Id = 4711, ChildStarted = new ChildStarted() });
        peer.Send(new Reply { Welcome = new Welcome() });
        peer.Send(new Reply());
        peer.Send(new Reply { LogGrown = new LogGrown { TaskId = "a" } });

        Assert.IsType<LogGrown>(await _events.NextAsync());
    }

    [Fact]
    public async Task A_connection_that_breaks_fails_all_that_waits_for_an_answer()
    {
        Task<Reply> starting;
        Task stopping;
        await using (var peer = await ConnectAsync())
        {
            starting = _client.StartChildAsync(new StartChild(), Cancelled);
            stopping = _client.StopChildAsync(new StopChild(), Cancelled);
            await peer.ReceiveAsync();
        }

        await Assert.ThrowsAsync<SupervisorUnavailableException>(() => Soon.Async(starting));
        await Assert.ThrowsAsync<SupervisorUnavailableException>(() => Soon.Async(stopping));
    }

    [Fact]
    public async Task Without_a_connection_questions_fail_at_once_and_the_rest_does_nothing()
    {
        await using (await ConnectAsync())
        {
        }

        await _time.NextTimerAsync();

        await Assert.ThrowsAsync<SupervisorUnavailableException>(
            () => _client.StartChildAsync(new StartChild(), Cancelled));
        _client.ForgetChild("a");
        _client.WatchLog("a", 0);
    }

    [Fact]
    public async Task A_caller_may_give_up_waiting()
    {
        await using var peer = await ConnectAsync();
        using var impatient = new CancellationTokenSource();
        var starting = _client.StartChildAsync(new StartChild { TaskId = "a" }, impatient.Token);
        var request = await peer.ReceiveAsync();

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Soon.Async(starting));

        // The late answer disturbs nobody.
        peer.Send(new Reply { Id = request.Id, ChildStarted = new ChildStarted() });
        peer.Send(new Reply { LogGrown = new LogGrown() });
        Assert.IsType<LogGrown>(await _events.NextAsync());
    }

    [Fact]
    public async Task After_a_break_it_connects_again()
    {
        await using (await ConnectAsync())
        {
        }

        _time.Advance(await _time.NextTimerAsync());
        await using var second = await _supervisor.WelcomeAsync(new Welcome { Pid = 2 });

        Assert.Equal(2, Assert.IsType<Welcome>(await _events.NextAsync()).Pid);
    }

    [Fact]
    public async Task A_connection_that_stood_is_replaced_quickly_however_many_broke_before()
    {
        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 10; i++)
        {
            await using (await ConnectAsync())
            {
            }

            pauses.Add(await _time.NextTimerAsync());
            _time.Advance(pauses[^1]);
        }

        await using var last = await ConnectAsync();

        Assert.All(pauses, pause => Assert.Equal(pauses[0], pause));
    }

    [Fact]
    public async Task A_supervisor_that_does_not_welcome_is_asked_less_and_less_often()
    {
        await using (await ConnectAsync())
        {
        }

        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 12; i++)
        {
            pauses.Add(await _time.NextTimerAsync());
            _time.Advance(pauses[^1]);
            await using (await _supervisor.AcceptAsync())
            {
            }
        }

        Assert.Equal(pauses.Order(), pauses);
        Assert.True(pauses[0] < pauses[^1]);
        Assert.InRange(pauses[^1], TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_supervisor_of_another_version_is_a_reason_not_to_start()
    {
        await using var peer = await _supervisor.AcceptAsync();
        var hello = await peer.ReceiveAsync();

        peer.Send(new Reply
        {
            Id = hello.Id,
            Failure = new Failure { Kind = Failure.Types.Kind.Version, Message = "version 2 is spoken here" },
        });

        var e = await Assert.ThrowsAnyAsync<Exception>(() => Soon.Async(_firstConnection.Task));
        Assert.Contains("version 2 is spoken here", e.Message, StringComparison.Ordinal);
        await Soon.Async(_running);
    }

    [Theory]
    [InlineData(ControlProtocol.OldestVersion - 1)]
    [InlineData(ControlProtocol.Version + 1)]
    public async Task A_supervisor_that_chooses_a_version_that_was_not_offered_is_a_reason_not_to_start(uint version)
    {
        await using var peer = await _supervisor.AcceptAsync();
        var hello = await peer.ReceiveAsync();

        peer.Send(new Reply { Id = hello.Id, Welcome = new Welcome { ProtocolVersion = version } });

        var e = await Assert.ThrowsAnyAsync<Exception>(() => Soon.Async(_firstConnection.Task));
        Assert.Contains($"version {version}", e.Message, StringComparison.Ordinal);
        await Soon.Async(_running);
    }

    [Fact]
    public async Task A_supervisor_of_another_build_is_worked_with_and_the_operator_is_told_how_to_replace_it()
    {
        await using var peer = await _supervisor.WelcomeAsync(new Welcome { ProgramVersion = "0.0.9+old" });
        await Soon.Async(_firstConnection.Task);

        var hint = Assert.Single(_log.Messages, said => said.Contains("0.0.9+old", StringComparison.Ordinal));
        Assert.Contains(
            $"/nowhere/levity-supervisor upgrade --state-dir {_state.Path}", hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_supervisor_of_the_same_build_nothing_is_said()
    {
        await using var peer = await ConnectAsync();

        Assert.DoesNotContain(_log.Messages, said => said.Contains("upgrade", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_supervisor_of_the_release_before_is_never_sent_a_start_as_another_user()
    {
        await using var peer = await _supervisor.WelcomeAsync(
            new Welcome { ProtocolVersion = ControlProtocol.VersionWithAccounts - 1 });
        await Soon.Async(_firstConnection.Task);

        var refused = await Soon.Async(_client.StartChildAsync(
            new StartChild { TaskId = "a", Account = new Account { Uid = 7 } }, Cancelled));
        var started = _client.StartChildAsync(new StartChild { TaskId = "b" }, Cancelled);

        Assert.Equal(Failure.Types.Kind.Version, refused.Failure.Kind);
        Assert.Contains(
            $"/nowhere/levity-supervisor upgrade --state-dir {_state.Path}", refused.Failure.Message, StringComparison.Ordinal);
        var request = await peer.ReceiveAsync();
        Assert.Equal("b", request.StartChild.TaskId);
        peer.Send(new Reply { Id = request.Id, ChildStarted = new ChildStarted() });
        await Soon.Async(started);
    }

    [Theory]
    [InlineData(ControlProtocol.VersionWithBounds - 1, 4)]
    [InlineData(ControlProtocol.VersionWithRetries - 1, 1)]
    public async Task A_supervisor_of_a_release_before_is_never_sent_what_bounds_a_task(uint version, int unknown)
    {
        await using var peer = await _supervisor.WelcomeAsync(new Welcome { ProtocolVersion = version });
        await Soon.Async(_firstConnection.Task);

        StartChild[] all =
        [
            new() { Retry = new ChildRetry() },
            new() { TimeoutMs = 1 }, new() { StopSignal = 2 }, new() { Ulimits = { new ChildLimit() } },
        ];
        foreach (var bounded in all[..unknown])
        {
            var refused = await Soon.Async(_client.StartChildAsync(bounded, Cancelled));

            Assert.Equal(Failure.Types.Kind.Version, refused.Failure.Kind);
            Assert.Contains("/nowhere/levity-supervisor upgrade", refused.Failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_child_that_has_changed_is_an_event()
    {
        await using var peer = await ConnectAsync();
        var child = new LiveChild { TaskId = "a", Stopping = true };

        peer.Send(new Reply { ChildChanged = child });

        Assert.Equal(child, await _events.NextAsync());
    }

    [Fact]
    public async Task A_supervisor_of_the_release_before_is_never_sent_a_single_signal()
    {
        await using var peer = await _supervisor.WelcomeAsync(
            new Welcome { ProtocolVersion = ControlProtocol.VersionWithSignals - 1 });
        await Soon.Async(_firstConnection.Task);

        var refused = await Soon.Async(_client.SignalChildAsync(new SignalChild { TaskId = "a", Signal = 10 }, Cancelled));
        var stopped = _client.StopChildAsync(new StopChild { TaskId = "b" }, Cancelled);

        Assert.Equal(Failure.Types.Kind.Version, refused?.Kind);
        Assert.Contains("/nowhere/levity-supervisor upgrade", refused?.Message, StringComparison.Ordinal);
        var request = await peer.ReceiveAsync();
        Assert.Equal("b", request.StopChild.TaskId);
        peer.Send(new Reply { Id = request.Id, Done = new() });
        await Soon.Async(stopped);
    }

    [Fact]
    public async Task A_single_signal_is_sent_or_told_why_not()
    {
        await using var peer = await ConnectAsync();
        var signal = new SignalChild { TaskId = "a", Signal = 10, Tree = true };

        var sending = _client.SignalChildAsync(signal, Cancelled);
        var request = await peer.ReceiveAsync();
        Assert.Equal(signal, request.SignalChild);
        peer.Send(new Reply { Id = request.Id, Done = new() });
        Assert.Null(await Soon.Async(sending));

        sending = _client.SignalChildAsync(signal, Cancelled);
        request = await peer.ReceiveAsync();
        var gone = new Failure { Kind = Failure.Types.Kind.NoProcess };
        peer.Send(new Reply { Id = request.Id, Failure = gone });
        Assert.Equal(gone, await Soon.Async(sending));
    }

    [Fact]
    public async Task A_supervisor_of_the_release_before_is_never_sent_a_start_with_limits()
    {
        await using var peer = await _supervisor.WelcomeAsync(
            new Welcome { ProtocolVersion = ControlProtocol.VersionWithLimits - 1 });
        await Soon.Async(_firstConnection.Task);

        var refused = await Soon.Async(_client.StartChildAsync(
            new StartChild { TaskId = "a", Limits = new Limits { Processes = 1 } }, Cancelled));

        Assert.Equal(Failure.Types.Kind.Version, refused.Failure.Kind);
        Assert.Contains("cannot limit what tasks use", refused.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_supervisor_of_the_release_before_is_not_asked_what_tasks_use()
    {
        await using var peer = await _supervisor.WelcomeAsync(
            new Welcome { ProtocolVersion = ControlProtocol.VersionWithMeasuring - 1 });
        await Soon.Async(_firstConnection.Task);

        var refused = await Soon.Async(_client.MeasureChildrenAsync(new MeasureChildren { TaskIds = { "a" } }, Cancelled));

        Assert.Equal(Failure.Types.Kind.Version, refused.Failure.Kind);
        Assert.Contains("cannot tell what tasks use", refused.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/levity-supervisor upgrade", refused.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_of_the_release_before_is_never_sent_an_input_or_a_start_that_wants_one()
    {
        await using var peer = await _supervisor.WelcomeAsync(
            new Welcome { ProtocolVersion = ControlProtocol.VersionWithInput - 1 });
        await Soon.Async(_firstConnection.Task);

        Reply[] refused =
        [
            await Soon.Async(_client.StartChildAsync(new StartChild { Stdin = true }, Cancelled)),
            await Soon.Async(_client.StartChildAsync(new StartChild { Terminal = new() }, Cancelled)),
            await Soon.Async(_client.WriteInputAsync(new WriteInput(), Cancelled)),
            await Soon.Async(_client.ResizeTerminalAsync(new ResizeTerminal(), Cancelled)),
        ];

        Assert.All(refused, reply => Assert.Equal(Failure.Types.Kind.Version, reply.Failure.Kind));
        Assert.All(refused, reply => Assert.Contains("supervisor upgrade", reply.Failure.Message, StringComparison.Ordinal));
        _client.ForgetChild("a");
        Assert.Equal("a", (await peer.ReceiveAsync()).ForgetChild.TaskId);
    }

    [Fact]
    public async Task One_that_knows_of_accounts_is_sent_them()
    {
        await using var peer = await ConnectAsync();
        var account = new Account { Uid = 7, Gid = 8, Groups = { 9 } };

        var starting = _client.StartChildAsync(new StartChild { TaskId = "a", Account = account }, Cancelled);

        var request = await peer.ReceiveAsync();
        Assert.Equal(account, request.StartChild.Account);
        peer.Send(new Reply { Id = request.Id, ChildStarted = new ChildStarted() });
        await Soon.Async(starting);
    }

    [Fact]
    public async Task A_peer_that_speaks_out_of_turn_is_no_supervisor()
    {
        await using var peer = await _supervisor.AcceptAsync();

        peer.Send(new Reply { LogGrown = new LogGrown() });

        await Assert.ThrowsAnyAsync<Exception>(() => Soon.Async(_firstConnection.Task));
    }

    private async Task<SupervisorSocket.Peer> ConnectAsync()
    {
        var peer = await _supervisor.WelcomeAsync();
        Assert.IsType<Welcome>(await _events.NextAsync());
        await Soon.Async(_firstConnection.Task);
        return peer;
    }
}
