using Levity.Linux;
using Levity.Processes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Input;
using Levity.Supervisor.Output;

namespace Levity.Supervisor.Children;

/// <summary>
/// One task's processes, from its start until nothing of it is left and its log is sealed. One that is executed again when
/// it fails has none in between. Only the supervisor's loop touches it.
/// </summary>
internal sealed class Child(TaskId task, long startedAt, TaskOutput output, Attempt? attempt)
{
    // How its attempts have ended until now: the last one's exit, and what all of them came to.
    private ChildEnded _ended = new() { TaskId = task.ToString(), StartedAtUnixNs = startedAt };
    private (long UserUs, long SystemUs) _usedBefore;
    private string _stopRequestedBy = string.Empty;
    private bool _killedAfterGrace;
    private bool _timedOut;

    public TaskId Task => task;

    public TaskOutput Output => output;

    /// <summary>The execution of its command that is under way, or being cleared away; null between two of them.</summary>
    public Attempt? Attempt { get; private set; } = attempt;

    /// <summary>How many there were, with this one, and those that could not be started.</summary>
    public int Attempts { get; private set; } = 1;

    /// <summary>Where its input is written; null for one that was started without.</summary>
    public TaskInput? Input { get; init; }

    /// <summary>How it is stopped, and when by itself.</summary>
    public ChildBounds Bounds { get; init; } = ChildBounds.None;

    /// <summary>Null for one that is executed once.</summary>
    public ChildRetries? Retry { get; init; }

    /// <summary>When it is executed again, for people; while it waits for that.</summary>
    public long? NextAttemptAt { get; private set; }

    /// <summary>The first process has ended and was waited for; others of the task may still be dying.</summary>
    public bool LeaderEnded { get; private set; }

    public bool StopRequested { get; private set; }

    /// <summary>The shortest time that anybody who asked for the stop has given it.</summary>
    public TimeSpan Grace { get; private set; } = TimeSpan.MaxValue;

    /// <summary>It has failed, and is going to be executed again.</summary>
    public bool IsToBeRetried =>
        LeaderEnded && !StopRequested && Retry is { } retry && retry.MayFollow(Attempts) && (_ended.ExitCode != 0 || _ended.HasSignal);

    /// <summary>Goes on with a child that another program of this process has started.</summary>
    public static Child Of(
        HandedChild handed, TaskId task, Attempt? attempt, TaskOutput output, TaskInput? input, ChildRetries? retry) =>
        new(task, handed.StartedAtUnixNs, output, attempt)
        {
            Input = input,
            Retry = retry,
            StopRequested = handed.StopRequested,
            Grace = handed.StopRequested ? TimeSpan.FromMilliseconds(handed.StopGraceMs) : TimeSpan.MaxValue,
            LeaderEnded = handed.LeaderEnded is not null,
            Attempts = handed.Retry?.Attempts ?? 1,
            NextAttemptAt = handed.Retry is { HasNextAttemptAtUnixNs: true } next ? next.NextAttemptAtUnixNs : null,
            Bounds = ChildBounds.Of(handed),
            _stopRequestedBy = handed.StopRequestedBy,
            _killedAfterGrace = handed.KilledAfterGrace,
            _timedOut = handed.TimedOut,
            _ended = EndedBefore(handed, task),
            _usedBefore = (handed.Retry?.UserTimeUsBefore ?? 0, handed.Retry?.SystemTimeUsBefore ?? 0),
        };

    /// <summary>The first to ask is the one who is named; asking again can only shorten the grace.</summary>
    public void RequestStop(string requestedBy, TimeSpan grace)
    {
        _stopRequestedBy = StopRequested ? _stopRequestedBy : requestedBy;
        StopRequested = true;
        Grace = grace < Grace ? grace : Grace;
    }

    /// <summary>It is stopped because it has run for its whole timeout; not when somebody has asked for that before.</summary>
    public void TimedOut() => _timedOut = true;

    public void CountKilled(int processes) => _ended.ProcessesKilled += processes;

    public void KilledAfterGrace() => _killedAfterGrace = true;

    public void LeaderExited(ExitOutcome exit, long endedAt)
    {
        LeaderEnded = true;
        _ended.EndedAtUnixNs = endedAt;
        _ended.UserTimeUs += (long)exit.Usage.User.TotalMicroseconds;
        _ended.SystemTimeUs += (long)exit.Usage.System.TotalMicroseconds;
        _ended.MaxRssBytes = Math.Max(_ended.MaxRssBytes, exit.Usage.MaxRssBytes);
        _ended.ClearExitCode();
        _ended.ClearSignal();
        if (exit.ExitCode is { } code)
        {
            _ended.ExitCode = code;
        }

        if (exit.Signal is { } signal)
        {
            _ended.Signal = signal;
        }
    }

    /// <summary>Nothing of the attempt is alive.</summary>
    public void AttemptOver()
    {
        if (Attempt is { } over)
        {
            AddLimits(over.Containment);
            over.Dispose();
            Attempt = null;
        }
    }

    /// <param name="nextAttemptAt">When it is executed again.</param>
    public void WaitUntil(long nextAttemptAt) => NextAttemptAt = nextAttemptAt;

    /// <summary>It is executed again.</summary>
    public void Begin(Attempt next)
    {
        (Attempt, Attempts, NextAttemptAt, LeaderEnded) = (next, next.Number, null, false);
        _usedBefore = (_ended.UserTimeUs, _ended.SystemTimeUs);
        _ended.RetryFailure = "";
    }

    /// <summary>It was to be executed again, and that failed: an attempt like others, with the exit of the one before.</summary>
    public void CouldNotBegin(Failure failure)
    {
        Attempts++;
        NextAttemptAt = null;
        _ended.RetryFailure = failure.Message;
    }

    public LiveChild ToLiveChild()
    {
        var live = new LiveChild
        {
            TaskId = task.ToString(),
            Pid = Attempt?.Pid ?? 0,
            StartedAtUnixNs = startedAt,
            Stopping = StopRequested,
        };
        if (Retry is not null)
        {
            live.Attempt = Attempts;
            live.NextAttemptAtUnixNs = NextAttemptAt ?? 0;
            live.LastEnd = Attempts > 1 || LeaderEnded ? ToEnding() : null;
        }

        return live;
    }

    /// <summary>Null while there is nothing to be measured.</summary>
    public MeasuredAttempt? ToMeasure() => Attempt is { } current
        ? new MeasuredAttempt(task, startedAt, current.Containment, _usedBefore.UserUs, _usedBefore.SystemUs)
        : null;

    /// <summary>What the next program has to know of it; its pipes and processes are told by others.</summary>
    public HandedChild ToHandedChild() => new()
    {
        TaskId = task.ToString(),
        StartedAtUnixNs = startedAt,
        StopRequested = StopRequested,
        StopGraceMs = StopRequested ? (long)Grace.TotalMilliseconds : 0,
        StopRequestedBy = _stopRequestedBy,
        KilledAfterGrace = _killedAfterGrace,
        ProcessesKilled = _ended.ProcessesKilled,
        LeaderEnded = LeaderEnded ? ToEnding() : null,
        TimedOut = _timedOut,
        GraceMs = (long)Bounds.Grace.TotalMilliseconds,
        StopSignal = Bounds.StopSignal == Signals.SIGTERM ? 0 : Bounds.StopSignal,
        Retry = Retry is null ? null : ToHandedRetry(Retry),
    };

    /// <summary>How it ended, once the leader has.</summary>
    public ChildEnded ToEnding()
    {
        var ended = _ended.Clone();
        ended.StopRequestedBy = _stopRequestedBy;
        ended.TimedOut = _timedOut;
        ended.Attempts = Retry is null ? 0 : Attempts;

        // It may have ended by itself in the instant before the kill: then that is how it ended.
        ended.GraceExpired = _killedAfterGrace && ended.Signal == Signals.SIGKILL;
        return ended;
    }

    private static ChildEnded EndedBefore(HandedChild handed, TaskId task)
    {
        var ended = handed.LeaderEnded ?? handed.Retry?.Ended ?? new ChildEnded
        {
            TaskId = task.ToString(),
            StartedAtUnixNs = handed.StartedAtUnixNs,
        };
        ended.ProcessesKilled = handed.ProcessesKilled;
        return ended;
    }

    private HandedRetry ToHandedRetry(ChildRetries retry)
    {
        var handed = new HandedRetry
        {
            Request = retry.Request,
            Attempts = Attempts,
            Ended = LeaderEnded ? null : _ended,
            UserTimeUsBefore = _usedBefore.UserUs,
            SystemTimeUsBefore = _usedBefore.SystemUs,
        };
        if (NextAttemptAt is { } next)
        {
            handed.NextAttemptAtUnixNs = next;
        }

        return handed;
    }

    // Of all attempts: once it was so, or the most of them, or the sum. Where nobody knows that it was so, what is known of the last.
    private void AddLimits(Containment containment)
    {
        var usage = containment.LimitUsage;
        if (containment.OutOfMemory is { } outOfMemory)
        {
            _ended.OutOfMemory |= outOfMemory;
        }
        else if (!_ended.OutOfMemory)
        {
            _ended.ClearOutOfMemory();
        }

        if (usage.ProcessLimitHit is { } hit)
        {
            _ended.ProcessLimitHit |= hit;
        }

        if (usage.MemoryPeakBytes is { } peak)
        {
            _ended.MemoryPeakBytes = Math.Max(_ended.MemoryPeakBytes, peak);
        }

        if (usage.CpuThrottled is { } throttled)
        {
            _ended.CpuThrottledUs += (long)throttled.TotalMicroseconds;
        }
    }
}
