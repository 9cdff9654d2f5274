using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Levity.Protocol.Supervisor;

namespace Levity.Protocol.Tests.Supervisor;

/// <summary>One message of each kind, as this release sends them, with something in every field.</summary>
internal static class GoldenMessages
{
    private const string Task = "9f3c1b5e-7a64-4c1d-8e2f-0123456789ab";

    private static readonly ChildEnded Ended = new()
    {
        TaskId = Task,
        ExitCode = 7,
        Signal = 9,
        StartedAtUnixNs = 1_700_000_000_000_000_100,
        EndedAtUnixNs = 1_700_000_001_000_000_200,
        UserTimeUs = 11,
        SystemTimeUs = 12,
        MaxRssBytes = 4096,
        ProcessesKilled = 2,
        StopRequestedBy = "alice",
        GraceExpired = true,
        LostReason = "the supervisor was gone",
        LostLogBytes = 5,
        NeverExecuted = true,
    };

    public static IReadOnlyDictionary<string, IMessage> All { get; } = new Dictionary<string, IMessage>
    {
        ["request-hello"] = new Request { Id = 1, Hello = new Hello { ProtocolVersion = 1, OldestProtocolVersion = 1 } },
        ["request-start-child"] = new Request { Id = 2, StartChild = StartChild() },
        ["request-stop-child"] = new Request
        {
            Id = 3,
            StopChild = new StopChild { TaskId = Task, GraceMs = 5000, RequestedBy = "alice" },
        },
        ["request-forget-child"] = new Request { Id = 4, ForgetChild = new ForgetChild { TaskId = Task } },
        ["request-watch-log"] = new Request { Id = 5, WatchLog = new WatchLog { TaskId = Task, Cursor = 77 } },
        ["request-seal-log"] = new Request { Id = 6, SealLog = new SealLog { TaskId = Task, Ending = Ended } },
        ["request-shutdown"] = new Request { Shutdown = new Shutdown { GraceMs = 5000 } },
        ["request-upgrade"] = new Request
        {
            Id = 8,
            Upgrade = new Upgrade { Program = "/usr/bin/levity-supervisor", Version = Version() },
        },
        ["request-signal-child"] = new Request
        {
            Id = 9,
            SignalChild = new SignalChild { TaskId = Task, Signal = 10, Tree = true },
        },
        ["request-measure-children"] = new Request
        {
            Id = 9,
            MeasureChildren = new MeasureChildren { TaskIds = { Task } },
        },
        ["request-write-input"] = new Request
        {
            Id = 10,
            WriteInput = new WriteInput { TaskId = Task, Writer = "w", Offset = 5, Data = ByteString.CopyFromUtf8("in"), End = true },
        },
        ["request-resize-terminal"] = new Request
        {
            Id = 11,
            ResizeTerminal = new ResizeTerminal { TaskId = Task, Size = new() { Rows = 50, Columns = 132 } },
        },
        ["reply-input-taken"] = new Reply { Id = 10, InputTaken = new InputTaken { Taken = 7, Closed = true } },
        ["reply-welcome"] = new Reply { Id = 1, Welcome = Welcome() },
        ["reply-child-started"] = new Reply
        {
            Id = 2,
            ChildStarted = new ChildStarted { Pid = 4711, StartedAtUnixNs = 1_700_000_000_000_000_100 },
        },
        ["reply-done"] = new Reply { Id = 3, Done = new Empty() },
        ["reply-failure"] = new Reply
        {
            Id = 4,
            Failure = new Failure { Kind = Failure.Types.Kind.Command, Errno = 2, Message = "no such file" },
        },
        ["reply-child-ended"] = new Reply { ChildEnded = Ended },
        ["reply-log-grown"] = new Reply { LogGrown = new LogGrown { TaskId = Task, End = 78, Sealed = true } },
        ["reply-children-measured"] = new Reply
        {
            Id = 9,
            ChildrenMeasured = new ChildrenMeasured { Children = { Measured() } },
        },
        ["reply-child-changed"] = new Reply
        {
            ChildChanged = new LiveChild { TaskId = Task, Pid = 4711, StartedAtUnixNs = 1_700_000_000_000_000_100, Stopping = true },
        },
        ["handover"] = HandOver(),
        ["handover-unsealed"] = new HandOver
        {
            StateVersion = 1,
            Unsealed = { new UnsealedLog { Ending = Ended, OwedLogBytes = 3, LogQuotaBytes = 1_000_000 } },
        },
    };

    /// <summary>The parser for a message of such a name.</summary>
    public static MessageParser ParserOf(string name) => name.Split('-')[0] switch
    {
        "request" => Request.Parser,
        "reply" => Reply.Parser,
        "handover" => Levity.Protocol.Supervisor.HandOver.Parser,
        _ => throw new ArgumentException($"'{name}' does not say what it is", nameof(name)),
    };

    private static MeasuredChild Measured() => new()
    {
        TaskId = Task,
        StartedAtUnixNs = 1_700_000_000_000_000_100,
        MeasuredAtNs = 123_000_000_000,
        UserTimeUs = 11,
        SystemTimeUs = 12,
        MemoryBytes = 4096,
        MemoryPeakBytes = 8192,
        Processes = 2,
    };

    private static StartChild StartChild() => new()
    {
        TaskId = Task,
        Binary = ByteString.CopyFromUtf8("sh"),
        Argv = { ByteString.CopyFromUtf8("sh"), ByteString.CopyFrom(0xFF, 0x01) },
        Environment = { ByteString.CopyFromUtf8("PATH=/usr/bin") },
        WorkingDir = ByteString.CopyFromUtf8("/"),
        LogQuotaBytes = 1_000_000,
    };

    private static Welcome Welcome() => new()
    {
        ProtocolVersion = 1,
        Pid = 42,
        Live = { new LiveChild { TaskId = Task, Pid = 4711, StartedAtUnixNs = 1_700_000_000_000_000_100, Stopping = true } },
        Ended = { Ended },
        Containment = "cgroup",
        ProgramVersion = "0.1.0+abc",
    };

    private static ProgramVersion Version() => new()
    {
        Version = "0.1.0+abc",
        OldestProtocolVersion = 1,
        NewestProtocolVersion = 1,
        OldestStateVersion = 1,
        NewestStateVersion = 1,
    };

    private static HandOver HandOver() => new()
    {
        StateVersion = 1,
        ProgramVersion = "0.1.0+abc",
        ListenerFd = 20,
        LockFd = 21,
        AskerFd = 22,
        RequestId = 8,
        Cgroup = new HandOver.Types.Cgroup { Directory = "/sys/fs/cgroup/a", Name = "/a" },
        DescriptorLimit = 1024,
        OomScoreAdj = 500,
        Live =
        {
            new HandedChild
            {
                TaskId = Task,
                StartedAtUnixNs = 1_700_000_000_000_000_100,
                StdoutFd = 23,
                StderrFd = 24,
                LostLogBytes = 5,
                OwedLogBytes = 3,
                LogQuotaBytes = 1_000_000,
                StopRequested = true,
                StopRequestedBy = "alice",
                StopDeadlineNs = 123_456_789,
                StopGraceMs = 5000,
                KilledAfterGrace = true,
                ProcessesKilled = 2,
                LeaderEnded = Ended,
                Leader = new HandedProcess { Pid = 4711, StartTime = 99 },
                Place = HandedChild.Types.Place.Own,
                Settled = true,
                Killed = { new HandedProcess { Pid = 4712, StartTime = 100 } },
            },
        },
        Ended = { Ended },
    };
}
