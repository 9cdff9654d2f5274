using System.Collections.Concurrent;
using System.Net.Sockets;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Supervision;

/// <summary>
/// Keeps a connection to the supervisor of a state directory: starts the supervisor when there is none, connects again
/// when the connection breaks, matches answers to requests and hands events on. Requests made while there is no
/// connection fail at once; nothing is sent twice.
/// </summary>
internal sealed partial class SupervisorClient(
    SupervisorProcess process, TimeProvider time, ILogger<SupervisorClient> logger) : ISupervisor
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(2);

    // Replaced as a whole with each connection; null while there is none.
    private volatile Session? _session;

    public string? Containment => _session?.Containment;

    public Task<Reply> StartChildAsync(StartChild request, CancellationToken cancellationToken)
    {
        var session = RequireSession();
        return MissingIn(session.Version, request) is { } missing
            ? Task.FromResult(new Reply { Failure = TooOld(missing) })
            : session.AskAsync(new Request { StartChild = request }, cancellationToken);
    }

    public Task<Reply> WriteInputAsync(WriteInput request, CancellationToken cancellationToken) => AskAsync(
        new Request { WriteInput = request }, ControlProtocol.VersionWithInput, "take a task's input", cancellationToken);

    public Task<Reply> ResizeTerminalAsync(ResizeTerminal request, CancellationToken cancellationToken) => AskAsync(
        new Request { ResizeTerminal = request },
        ControlProtocol.VersionWithInput,
        "tell a task the size of its terminal",
        cancellationToken);

    public Task StopChildAsync(StopChild request, CancellationToken cancellationToken) =>
        AskAsync(new Request { StopChild = request }, cancellationToken);

    public async Task<Failure?> SignalChildAsync(SignalChild request, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(
            new Request { SignalChild = request }, ControlProtocol.VersionWithSignals, "send single signals", cancellationToken);
        return reply.Failure;
    }

    public Task<Reply> SealLogAsync(SealLog request, CancellationToken cancellationToken) =>
        AskAsync(new Request { SealLog = request }, cancellationToken);

    public Task<Reply> MeasureChildrenAsync(MeasureChildren request, CancellationToken cancellationToken) => AskAsync(
        new Request { MeasureChildren = request },
        ControlProtocol.VersionWithMeasuring,
        "tell what tasks use",
        cancellationToken);

    public void ForgetChild(string taskId) =>
        _session?.Post(new Request { ForgetChild = new ForgetChild { TaskId = taskId } });

    public void WatchLog(string taskId, ulong cursor) =>
        _session?.Post(new Request { WatchLog = new WatchLog { TaskId = taskId, Cursor = cursor } });

    /// <summary>
    /// Stays connected until cancelled. <paramref name="firstConnection"/> is completed once the first connection
    /// stands,
    /// or fails with the reason when it cannot be had at all.
    /// </summary>
    public async Task RunAsync(
        ISupervisorEvents events, TaskCompletionSource firstConnection, CancellationToken cancellationToken)
    {
        var retry = FirstRetry;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ServeOneConnectionAsync(events, Stands, cancellationToken);
            }
            catch (Exception e) when (e is IOException or SocketException or InvalidDataException)
            {
                // The first one must succeed: a levityd that cannot run anything does not start.
                if (!firstConnection.Task.IsCompleted)
                {
                    firstConnection.SetException(e);
                    return;
                }

                Log.ConnectionFailed(logger, e);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(retry, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            retry = TimeSpan.FromTicks(Math.Min(LongestRetry.Ticks, 2 * retry.Ticks));
        }

        void Stands()
        {
            retry = FirstRetry;
            firstConnection.TrySetResult();
        }
    }

    private Task<Reply> AskAsync(Request request, CancellationToken cancellationToken) =>
        RequireSession().AskAsync(request, cancellationToken);

    // What an older supervisor would pass over, it is not asked.
    private Task<Reply> AskAsync(Request request, uint needed, string what, CancellationToken cancellationToken)
    {
        var session = RequireSession();
        return session.Version >= needed
            ? session.AskAsync(request, cancellationToken)
            : Task.FromResult(new Reply { Failure = TooOld(what) });
    }

    private Session RequireSession() =>
        _session ?? throw new SupervisorUnavailableException("the supervisor is not connected");

    // What it does not know a supervisor would pass over: one without accounts executes the command as itself, which is root.
    private static string? MissingIn(uint version, StartChild request) => request switch
    {
        { Stdin: true } or { Terminal: not null } when version < ControlProtocol.VersionWithInput =>
            "start tasks with an input or a terminal",
        { Account: not null } when version < ControlProtocol.VersionWithAccounts => "start tasks as another user",
        { TimeoutMs: > 0 } or { StopSignal: not 0 } or { Ulimits.Count: > 0 } when version < ControlProtocol.VersionWithBounds =>
            "start tasks with a timeout, a stop signal or limits of their own",
        { Retry: not null } when version < ControlProtocol.VersionWithRetries => "execute tasks again when they fail",
        { Limits: not null } when version < ControlProtocol.VersionWithLimits => "limit what tasks use",
        _ => null,
    };

    private Failure TooOld(string what) => new()
    {
        Kind = Failure.Types.Kind.Version,
        Message = $"the server's supervisor is of a release that cannot {what}: its operator has to upgrade it "
            + $"({process.UpgradeCommand}), which tasks outlive",
    };

    private async Task ServeOneConnectionAsync(
        ISupervisorEvents events, Action stands, CancellationToken cancellationToken)
    {
        await using var connection =
            new MessageConnection<Reply, Request>(await process.ConnectAsync(cancellationToken));
        var session = new Session(connection);
        var welcomed = false;
        try
        {
            session.Post(new Request { Id = 1, Hello = NewHello() });
            await foreach (var reply in connection.ReadAllAsync(cancellationToken))
            {
                if (welcomed)
                {
                    Dispatch(reply, session, events);
                    continue;
                }

                var welcome = RequireWelcome(reply);
                Log.Connected(logger, welcome.Pid, welcome.Live.Count, welcome.Ended.Count, welcome.Containment);
                if (welcome.ProgramVersion != ThisBuild.Version)
                {
                    Log.OtherBuild(logger, welcome.ProgramVersion, ThisBuild.Version, process.UpgradeCommand);
                }

                session.Version = welcome.ProtocolVersion;
                session.Containment = welcome.Containment;

                // First the session: whoever hears of the connection uses it.
                _session = session;
                welcomed = true;
                events.Connected(welcome);
                stands();
            }
        }
        finally
        {
            _session = null;
            session.Fail();
        }

        throw new IOException("the supervisor closed the connection");
    }

    private static Hello NewHello() => new()
    {
        ProtocolVersion = ControlProtocol.Version,
        OldestProtocolVersion = ControlProtocol.OldestVersion,
    };

    private static Welcome RequireWelcome(Reply reply) => reply.BodyCase switch
    {
        Reply.BodyOneofCase.Welcome when !ControlProtocol.Versions.Contains(reply.Welcome.ProtocolVersion) =>
            throw new InvalidDataException(
                $"the supervisor ({reply.Welcome.ProgramVersion}) wants version {reply.Welcome.ProtocolVersion} of the "
                + $"control protocol, this levityd ({ThisBuild.Version}) speaks {ControlProtocol.Versions}"),
        Reply.BodyOneofCase.Welcome => reply.Welcome,
        Reply.BodyOneofCase.Failure => throw new InvalidDataException($"the supervisor: {reply.Failure.Message}"),
        _ => throw new InvalidDataException($"the supervisor's first answer is {reply.BodyCase}, not Welcome"),
    };

    private static void Dispatch(Reply reply, Session session, ISupervisorEvents events)
    {
        switch (reply.BodyCase)
        {
            case Reply.BodyOneofCase.ChildEnded when reply.Id == 0:
                events.ChildEnded(reply.ChildEnded);
                break;
            case Reply.BodyOneofCase.ChildChanged:
                events.ChildChanged(reply.ChildChanged);
                break;
            case Reply.BodyOneofCase.LogGrown:
                events.LogGrown(reply.LogGrown);
                break;
            default:
                session.Answer(reply);
                break;
        }
    }

    /// <summary>One connection, and the requests on it that wait for their answers.</summary>
    private sealed class Session(MessageConnection<Reply, Request> connection)
    {
        private readonly ConcurrentDictionary<ulong, TaskCompletionSource<Reply>> _waiting = new();
        private ulong _lastId = 1;
        private volatile bool _failed;

        /// <summary>What is spoken on it. Before anybody else has the session.</summary>
        public uint Version { get; set; }

        /// <summary>How tasks are kept together over there. Before anybody else has the session.</summary>
        public string Containment { get; set; } = "";

        public bool Post(Request request) => connection.Post(request);

        public async Task<Reply> AskAsync(Request request, CancellationToken cancellationToken)
        {
            var answer = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
            request.Id = Interlocked.Increment(ref _lastId);
            _waiting[request.Id] = answer;

            // Fail() sets the flag and then empties the table, so whoever enters later sees the flag.
            if (_failed || !Post(request))
            {
                _waiting.TryRemove(request.Id, out _);
                throw new SupervisorUnavailableException("the supervisor is not connected");
            }

            try
            {
                return await answer.Task.WaitAsync(cancellationToken);
            }
            finally
            {
                // One that is not waited for any more is answered late, or never: a task may take no input for days.
                _waiting.TryRemove(request.Id, out _);
            }
        }

        public void Answer(Reply reply)
        {
            if (_waiting.TryRemove(reply.Id, out var answer))
            {
                answer.SetResult(reply);
            }
        }

        public void Fail()
        {
            _failed = true;
            foreach (var id in _waiting.Keys)
            {
                if (_waiting.TryRemove(id, out var answer))
                {
                    answer.SetException(
                        new SupervisorUnavailableException("the connection to the supervisor broke under the request"));
                }
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(201, LogLevel.Information,
            "Supervisor {Pid} connected: {Live} tasks live, {Ended} ended meanwhile, contained by {Containment}")]
        public static partial void Connected(ILogger logger, int pid, int live, int ended, string containment);

        [LoggerMessage(202, LogLevel.Warning, "No connection to the supervisor; trying again")]
        public static partial void ConnectionFailed(ILogger logger, Exception exception);

        [LoggerMessage(203, LogLevel.Warning,
            "The supervisor is of build '{Theirs}', this levityd of '{Ours}'; to replace it while its tasks run: {Command}")]
        public static partial void OtherBuild(ILogger logger, string theirs, string ours, string command);
    }
}
