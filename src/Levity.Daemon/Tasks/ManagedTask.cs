using Levity.Daemon.Registry;

namespace Levity.Daemon.Tasks;

/// <summary>One task in memory. Its state moves only here, and only along <see cref="TaskTransitions"/>.</summary>
internal sealed class ManagedTask(TaskRecord record)
{
    // Guards the check-and-replace of _record; readers take the snapshot as it is.
    private readonly Lock _gate = new();
    private volatile TaskRecord _record = record;

    public TaskRecord Record => _record;

    public bool IsOver => TaskTransitions.IsFinal(_record.State);

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
            return true;
        }
    }

    public bool TryMove(TaskState state) => TryMove(state, record => record);
}
