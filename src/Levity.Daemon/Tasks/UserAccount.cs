using Levity.Daemon.LogStreaming;

namespace Levity.Daemon.Tasks;

/// <summary>
/// One user's tasks, and when the latest were started. What is entered twice, or ended twice, counts once, so whoever
/// learns of an end says so without asking who else has.
/// </summary>
internal sealed class UserAccount(string user)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // Guards the other three.
    private readonly Lock _gate = new();
    private readonly HashSet<ManagedTask> _live = [];

    // With the size of its log, once that does not change any more and was asked for.
    private readonly Dictionary<ManagedTask, long?> _tasks = [];

    // System.Threading.RateLimiting would count starts too, but by a clock of its own, which no test could move. Not longer than the limit.
    private readonly Queue<long> _starts = new();

    /// <summary>All limits are looked at before anything is entered, under one lock: two starts never share a place.</summary>
    public OverLimit? TryEnter(ManagedTask task, UserLimits limits, TimeProvider time)
    {
        lock (_gate)
        {
            if (limits.RunningTasks is { } running && _live.Count >= running)
            {
                return new OverLimit(user, UserLimit.RunningTasks, running, _live.Count);
            }

            if (limits.StartsPerMinute is { } rate)
            {
                while (_starts.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= Minute)
                {
                    _starts.Dequeue();
                }

                if (_starts.Count >= rate)
                {
                    return new OverLimit(
                        user, UserLimit.StartsPerMinute, rate, _starts.Count, Minute - time.GetElapsedTime(_starts.Peek()));
                }

                _starts.Enqueue(time.GetTimestamp());
            }

            EnterLocked(task);
            return null;
        }
    }

    /// <summary>What there is now of what is limited, reached or not; nothing is entered.</summary>
    public IReadOnlyList<OverLimit> Look(UserLimits limits, TimeProvider time)
    {
        lock (_gate)
        {
            var uses = new List<OverLimit>();
            if (limits.RunningTasks is { } running)
            {
                uses.Add(new OverLimit(user, UserLimit.RunningTasks, running, _live.Count));
            }

            if (limits.StartsPerMinute is { } rate)
            {
                var recent = _starts.Where(start => time.GetElapsedTime(start) < Minute).ToList();
                uses.Add(new OverLimit(
                    user,
                    UserLimit.StartsPerMinute,
                    rate,
                    recent.Count,
                    recent is [var oldest, ..] ? Minute - time.GetElapsedTime(oldest) : TimeSpan.Zero));
            }

            return uses;
        }
    }

    public void Enter(ManagedTask task)
    {
        lock (_gate)
        {
            EnterLocked(task);
        }
    }

    public void Ended(ManagedTask task)
    {
        lock (_gate)
        {
            _live.Remove(task);
        }
    }

    public void Remove(ManagedTask task)
    {
        lock (_gate)
        {
            _live.Remove(task);
            _tasks.Remove(task);
        }
    }

    /// <summary>How many bytes the logs of all tasks have on disk. Each that is complete is looked at once.</summary>
    public long MeasureLogs(TaskLogs logs)
    {
        KeyValuePair<ManagedTask, long?>[] tasks;
        lock (_gate)
        {
            tasks = [.. _tasks];
        }

        var total = 0L;
        foreach (var (task, known) in tasks)
        {
            var isComplete = task.IsOver;
            var bytes = known ?? logs.Measure(task.Record.Id.ToString());
            total += bytes;
            if (isComplete && known is null)
            {
                Note(task, bytes);
            }
        }

        return total;
    }

    private void Note(ManagedTask task, long bytes)
    {
        lock (_gate)
        {
            // It may have been removed meanwhile.
            if (_tasks.ContainsKey(task))
            {
                _tasks[task] = bytes;
            }
        }
    }

    private void EnterLocked(ManagedTask task)
    {
        _tasks[task] = null;
        if (!task.IsOver)
        {
            _live.Add(task);
        }
    }
}
