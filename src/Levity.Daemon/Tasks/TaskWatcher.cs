using Levity.Daemon.Registry;

namespace Levity.Daemon.Tasks;

/// <summary>
/// The changes that wait for one who watches. When there are too many they are dropped, and what is left of them is from
/// which one on: each task knows its last change, so that those concerned are found among the tasks themselves.
/// </summary>
internal sealed class TaskWatcher(Func<TaskRecord, bool> includes, Action<TaskWatcher> leave) : IDisposable
{
    /// <summary>How many changes wait at most.</summary>
    public const int MostWaiting = 4096;

    // Guards the three below. Taken under a task's lock, and so never held while anything of a task is asked.
    private readonly Lock _gate = new();
    private List<TaskChange> _waiting = [];
    private long? _missedFrom;
    private TaskCompletionSource? _came;

    public void Note(TaskChange change)
    {
        if (!includes(change.Record))
        {
            return;
        }

        lock (_gate)
        {
            if (_waiting.Count == MostWaiting)
            {
                _missedFrom = _waiting.Min(waiting => waiting.Number);
                _waiting = [];
            }

            if (_missedFrom is { } from)
            {
                _missedFrom = Math.Min(from, change.Number);
            }
            else
            {
                _waiting.Add(change);
            }

            _came?.TrySetResult();
            _came = null;
        }
    }

    /// <summary>
    /// Waits for changes, and takes all that wait: or the number of the first that was dropped, and what comes from now on
    /// waits again.
    /// </summary>
    public async Task<(IReadOnlyList<TaskChange> Changes, long? MissedFrom)> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task came;
            lock (_gate)
            {
                if (_missedFrom is { } from)
                {
                    _missedFrom = null;
                    return ([], from);
                }

                if (_waiting.Count > 0)
                {
                    var taken = _waiting;
                    _waiting = [];
                    return (taken, null);
                }

                came = (_came ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await came.WaitAsync(cancellationToken);
        }
    }

    public void Dispose() => leave(this);
}
