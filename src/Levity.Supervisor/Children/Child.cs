using Levity.Linux;
using Levity.Processes;
using Levity.Processes.Accounts;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Input;
using Levity.Supervisor.Output;

namespace Levity.Supervisor.Children;

/// <summary>
/// One task's processes, from its start until nothing of it is left and its log is sealed. Only the supervisor's loop
/// touches it.
/// </summary>
internal sealed class Child(TaskId task, int pid, long startedAt, Containment containment, TaskOutput output)
{
    private ExitOutcome _exit;
    private long _endedAt;
    private int _killed;
    private string _stopRequestedBy = string.Empty;
    private bool _killedAfterGrace;
    private bool _timedOut;

    public TaskId Task => task;

    public int Pid => pid;

    public long StartedAt => startedAt;

    public Containment Containment => containment;

    public TaskOutput Output => output;

    /// <summary>Where its input is written; null for one that was started without.</summary>
    public TaskInput? Input { get; init; }

    /// <summary>For one that needs a launcher: how it is found out whether its command was executed.</summary>
    public PendingLaunch? Launch { get; init; }

    /// <summary>How it is stopped, and when by itself.</summary>
    public ChildBounds Bounds { get; init; } = ChildBounds.None;

    /// <summary>The first process has ended and was waited for; others of the task may still be dying.</summary>
    public bool LeaderEnded { get; private set; }

    public bool StopRequested { get; private set; }

    /// <summary>The shortest time that anybody who asked for the stop has given it.</summary>
    public TimeSpan Grace { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Goes on with a child that another program of this process has started.</summary>
    public static Child Of(
        HandedChild handed, TaskId task, Containment containment, TaskOutput output, TaskInput? input)
    {
        var child = new Child(task, handed.Leader.Pid, handed.StartedAtUnixNs, containment, output)
        {
            Input = input,
            StopRequested = handed.StopRequested,
            Grace = handed.StopRequested ? TimeSpan.FromMilliseconds(handed.StopGraceMs) : TimeSpan.MaxValue,
            _stopRequestedBy = handed.StopRequestedBy,
            _killedAfterGrace = handed.KilledAfterGrace,
            _killed = handed.ProcessesKilled,
            _timedOut = handed.TimedOut,
            Bounds = ChildBounds.Of(handed),
        };
        if (handed.LeaderEnded is { } ended)
        {
            child.LeaderExited(ExitOf(ended), ended.EndedAtUnixNs);
        }

        return child;
    }

    /// <summary>The first to ask is the one who is named; asking again can only shorten the grace.</summary>
    public void RequestStop(string requestedBy, TimeSpan grace)
    {
        _stopRequestedBy = StopRequested ? _stopRequestedBy : requestedBy;
        StopRequested = true;
        Grace = grace < Grace ? grace : Grace;
    }

    /// <summary>It is stopped because it has run for its whole timeout; not when somebody has asked for that before.</summary>
    public void TimedOut() => _timedOut = true;

    public void CountKilled(int processes) => _killed += processes;

    public void KilledAfterGrace() => _killedAfterGrace = true;

    public void LeaderExited(ExitOutcome exit, long endedAt)
    {
        LeaderEnded = true;
        _exit = exit;
        _endedAt = endedAt;
    }

    public LiveChild ToLiveChild() => new()
    {
        TaskId = task.ToString(),
        Pid = pid,
        StartedAtUnixNs = startedAt,
        Stopping = StopRequested,
    };

    /// <summary>What the next program has to know of it; its pipes and processes are told by others.</summary>
    public HandedChild ToHandedChild() => new()
    {
        TaskId = task.ToString(),
        StartedAtUnixNs = startedAt,
        StopRequested = StopRequested,
        StopGraceMs = StopRequested ? (long)Grace.TotalMilliseconds : 0,
        StopRequestedBy = _stopRequestedBy,
        KilledAfterGrace = _killedAfterGrace,
        ProcessesKilled = _killed,
        LeaderEnded = LeaderEnded ? ToEnding() : null,
        TimedOut = _timedOut,
        GraceMs = (long)Bounds.Grace.TotalMilliseconds,
        StopSignal = Bounds.StopSignal == Signals.SIGTERM ? 0 : Bounds.StopSignal,
    };

    /// <summary>How it ended, once the leader has.</summary>
    public ChildEnded ToEnding()
    {
        var ended = new ChildEnded
        {
            TaskId = task.ToString(),
            StartedAtUnixNs = startedAt,
            EndedAtUnixNs = _endedAt,
            UserTimeUs = (long)_exit.Usage.User.TotalMicroseconds,
            SystemTimeUs = (long)_exit.Usage.System.TotalMicroseconds,
            MaxRssBytes = _exit.Usage.MaxRssBytes,
            ProcessesKilled = _killed,
            StopRequestedBy = _stopRequestedBy,

            // It may have ended by itself in the instant before the kill: then that is how it ended.
            GraceExpired = _killedAfterGrace && _exit.Signal == Signals.SIGKILL,
            TimedOut = _timedOut,
        };
        if (containment.OutOfMemory is { } outOfMemory)
        {
            ended.OutOfMemory = outOfMemory;
        }

        PutLimits(ended, containment.LimitUsage);
        if (_exit.ExitCode is { } code)
        {
            ended.ExitCode = code;
        }

        if (_exit.Signal is { } signal)
        {
            ended.Signal = signal;
        }

        return ended;
    }

    private static void PutLimits(ChildEnded ended, LimitUsage usage)
    {
        if (usage.ProcessLimitHit is { } hit)
        {
            ended.ProcessLimitHit = hit;
        }

        if (usage.MemoryPeakBytes is { } peak)
        {
            ended.MemoryPeakBytes = peak;
        }

        if (usage.CpuThrottled is { } throttled)
        {
            ended.CpuThrottledUs = (long)throttled.TotalMicroseconds;
        }
    }

    private static ExitOutcome ExitOf(ChildEnded ended) => new(
        ended.HasExitCode ? ended.ExitCode : null,
        ended.HasSignal ? ended.Signal : null,
        new ProcessUsage(
            TimeSpan.FromMicroseconds(ended.UserTimeUs),
            TimeSpan.FromMicroseconds(ended.SystemTimeUs),
            ended.MaxRssBytes));
}
