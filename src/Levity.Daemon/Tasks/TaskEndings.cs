using Google.Protobuf.WellKnownTypes;
using Levity.Daemon.Registry;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tasks;

/// <summary>What the supervisor says of an end, in the words of the public API.</summary>
internal static class TaskEndings
{
    public static TaskState StateOf(ChildEnded ended) => ended switch
    {
        { LostReason.Length: > 0 } => TaskState.Lost,
        { GraceExpired: true } => TaskState.BrutallyKilled,
        _ => TaskState.Finished,
    };

    /// <summary>Puts the end into a record that has its final state already.</summary>
    public static TaskRecord With(TaskRecord record, ChildEnded ended)
    {
        var report = new Ending
        {
            GraceExpired = ended.GraceExpired,
            ProcessesKilled = ended.ProcessesKilled,
            StartedAt = TimeOf(ended.StartedAtUnixNs),
            EndedAt = TimeOf(ended.EndedAtUnixNs),
            LostLogBytes = ended.LostLogBytes,
            TimedOut = ended.TimedOut,
            Attempts = ended.Attempts,
        };
        if (ended.HasSignal)
        {
            report.Signal = ended.Signal;
        }

        if (ended.StopRequestedBy.Length > 0)
        {
            report.StopRequestedBy = ended.StopRequestedBy;
        }

        if (ended.HasOutOfMemory)
        {
            report.OutOfMemory = ended.OutOfMemory;
        }

        PutLimits(report, ended);
        if (ended.RetryFailure.Length > 0)
        {
            report.Reason = $"its last attempt could not be executed: {ended.RetryFailure}";
        }

        if (ended.LostReason.Length > 0)
        {
            report.Reason = ended.LostReason;
        }
        else
        {
            report.Usage = new ResourceUsage
            {
                UserTime = DurationOf(ended.UserTimeUs),
                SystemTime = DurationOf(ended.SystemTimeUs),
                MaxRssBytes = ended.MaxRssBytes,
            };
        }

        var exitCode = record.State == TaskState.Finished && ended.HasExitCode ? ended.ExitCode : (int?)null;
        return record with { ExitCode = exitCode, Ending = report, Attempt = null };
    }

    /// <summary>Where a child is with its attempts; null before the first has failed.</summary>
    public static TaskAttempt? AttemptOf(LiveChild child)
    {
        if (child.LastEnd is not { } last)
        {
            return null;
        }

        var end = new AttemptEnd { EndedAt = TimeOf(last.EndedAtUnixNs), Failure = last.RetryFailure };
        if (last.HasExitCode)
        {
            end.ExitCode = last.ExitCode;
        }

        if (last.HasSignal)
        {
            end.Signal = last.Signal;
        }

        return new TaskAttempt(child.Attempt, TimeOf(child.NextAttemptAtUnixNs)?.ToDateTimeOffset(), end);
    }

    /// <summary>The end of a task whose end nobody saw.</summary>
    public static ChildEnded Lost(TaskRecord record, Boot boot, DateTimeOffset now) => new()
    {
        TaskId = record.Id.ToString(),
        LostReason = record.BootId is { } other && other != boot.Id
            ? "the machine was restarted, and what had become of the task by then is not known"
            : "the supervisor was gone, and with it the task's exit status",
        StartedAtUnixNs = UnixNanoseconds(record.CreatedAt),
        EndedAtUnixNs = UnixNanoseconds(now),
    };

    private static void PutLimits(Ending report, ChildEnded ended)
    {
        if (ended.HasProcessLimitHit)
        {
            report.ProcessLimitHit = ended.ProcessLimitHit;
        }

        if (ended.HasMemoryPeakBytes)
        {
            report.MemoryPeakBytes = ended.MemoryPeakBytes;
        }

        if (ended.HasCpuThrottledUs)
        {
            report.CpuThrottledTime = DurationOf(ended.CpuThrottledUs);
        }
    }

    private static long UnixNanoseconds(DateTimeOffset time) =>
        (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    private static Timestamp? TimeOf(long unixNs) => unixNs == 0
        ? null
        : new Timestamp { Seconds = unixNs / 1_000_000_000, Nanos = (int)(unixNs % 1_000_000_000) };

    private static Duration DurationOf(long microseconds) =>
        new() { Seconds = microseconds / 1_000_000, Nanos = (int)(microseconds % 1_000_000) * 1000 };
}
