using Levity.Daemon.Registry;
using Levity.Protocol.Registry;

namespace Levity.Daemon.Tasks;

/// <summary>One task in memory. Its state moves only here, and only along <see cref="TaskTransitions"/>.</summary>
internal sealed class ManagedTask(TaskRecord record)
{
    // Guards the check-and-replace of _record, and _over; readers take the snapshot as it is.
    private readonly Lock _gate = new();
    private volatile TaskRecord _record = record;
    private TaskCompletionSource? _over;
    private Lazy<Task>? _removal;

    // The last of the changes to its record that is not over.
    private Task? _change;

    /// <summary>Those with whom it is shared have changed.</summary>
    public event Action? SharesChanged;

    /// <summary>
    /// What is known of it has changed, or it is gone. Told under its lock, so that all hear it in the order in which it was:
    /// whoever listens takes note and comes back.
    /// </summary>
    public event Action<ManagedTask>? Changed;

    public TaskRecord Record => _record;

    public Attention Attention { get; } = new();

    /// <summary>How its start goes, or went; null for a task that was found on record.</summary>
    public Task<StartOutcome>? Start { get; init; }

    /// <summary>The number of the last change; written by <see cref="TaskChanges"/> when it is told.</summary>
    public long LastChange { get; set; }

    /// <summary>There is no task any more, nor a record of it.</summary>
    public bool IsGone { get; private set; }

    public bool IsOver => TaskTransitions.IsFinal(_record.State);

    /// <summary>It has been removed, or is being removed just now: what it wrote may be gone.</summary>
    public bool IsRemoved => Volatile.Read(ref _removal) is not null;

    /// <summary>
    /// Moves on, when the table allows it from the present state: <paramref name="change"/> is given the record with
    /// its
    /// new state. False when it does not, which is what late and repeated news look like.
    /// </summary>
    public bool TryMove(TaskState state, Func<TaskRecord, TaskRecord> change)
    {
        lock (_gate)
        {
            if (!TaskTransitions.IsAllowed(_record.State, state))
            {
                return false;
            }

            _record = change(_record with { State = state });
            if (IsOver)
            {
                _over?.SetResult();
            }

            Changed?.Invoke(this);
            return true;
        }
    }

    public bool TryMove(TaskState state) => TryMove(state, record => record);

    /// <summary>
    /// Changes what is on record of the task. One change begins when the one before it is over, from what that has left:
    /// each writes the record as a whole, and none is to undo another.
    /// </summary>
    public async Task<T> ChangeAsync<T>(Func<Task<T>> change)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.Exchange(ref _change, done.Task) is { } before)
        {
            await before;
        }

        try
        {
            return await change();
        }
        finally
        {
            // Nothing is kept of it by the many tasks that will never change again.
            _ = Interlocked.CompareExchange(ref _change, null, done.Task);
            done.SetResult();
        }
    }

    /// <summary>Takes over with whom it is shared: what is on record by now. Its state stays what it is.</summary>
    public void Share(TaskDetails details)
    {
        lock (_gate)
        {
            _record = _record with { Details = details };
            Changed?.Invoke(this);
        }

        SharesChanged?.Invoke();
    }

    /// <summary>Takes over where a live task is with its attempts; late and repeated news is passed over.</summary>
    public void Attempt(TaskAttempt attempt)
    {
        lock (_gate)
        {
            if (!IsOver && attempt.IsAfter(_record.Attempt))
            {
                _record = _record with { Attempt = attempt };
                Changed?.Invoke(this);
            }
        }
    }

    /// <summary>There is no record of it any more.</summary>
    public void Drop()
    {
        lock (_gate)
        {
            IsGone = true;
            Changed?.Invoke(this);
        }
    }

    /// <summary>Completes once the task is over.</summary>
    public Task WhenOverAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // Most tasks have nobody who waits, so they do without. Whoever does goes on elsewhere, not under the lock.
            return IsOver
                ? Task.CompletedTask
                : (_over ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Waits for the end of a removal that is under way: whether the task is gone. Until then nobody may be told that it
    /// is, for its record is there, and the next levityd would know it again.
    /// </summary>
    public async Task<bool> WhenRemovedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await (Volatile.Read(ref _removal)?.Value.WaitAsync(cancellationToken) ?? Task.CompletedTask);
        }
        catch (IOException)
        {
            // Its caller is told why.
        }

        return IsRemoved;
    }

    /// <summary>
    /// Has a task that is over removed, by one caller at a time: those who come meanwhile wait for that one, and take
    /// their turn if it fails. True for the one who has removed it, false for those who find it gone.
    /// </summary>
    public async Task<bool> RemoveOnceAsync(Func<Task> remove)
    {
        var own = new Lazy<Task>(RemoveAsync);
        while (true)
        {
            var removal = Interlocked.CompareExchange(ref _removal, own, null) ?? own;
            try
            {
                await removal.Value;
                return removal == own;
            }
            catch (IOException) when (removal != own)
            {
                // Its caller is told.
            }
        }

        async Task RemoveAsync()
        {
            try
            {
                await remove();
            }
            catch
            {
                // Before the failure is seen: whoever sees it may try at once.
                Volatile.Write(ref _removal, null);
                throw;
            }
        }
    }
}
