using System.Collections.Concurrent;
using Levity.Daemon.Registry;

namespace Levity.Daemon.Tasks;

/// <summary>Which task has which name: of an owner's tasks that are not over at most one.</summary>
internal sealed class TaskNames
{
    private readonly ConcurrentDictionary<(string Owner, string Name), ManagedTask> _tasks = new();

    /// <summary>
    /// Has a task take its name, if it has one. Null when it has; else the task that has it already and is not over.
    /// </summary>
    public ManagedTask? Hold(ManagedTask task)
    {
        if (KeyOf(task.Record) is not { } key)
        {
            return null;
        }

        while (true)
        {
            var holder = _tasks.GetOrAdd(key, task);
            if (holder == task || (holder.IsOver && _tasks.TryUpdate(key, task, holder)))
            {
                return null;
            }

            if (!holder.IsOver)
            {
                return holder;
            }
        }
    }

    /// <summary>The task of an owner that has a name and is not over; null when it is free.</summary>
    public ManagedTask? Find(string owner, string name) =>
        _tasks.TryGetValue((owner, name), out var holder) && !holder.IsOver ? holder : null;

    /// <summary>Lets go of the task's name, if it has one and still holds it.</summary>
    public void Release(ManagedTask task)
    {
        if (KeyOf(task.Record) is { } key)
        {
            _tasks.TryRemove(new(key, task));
        }
    }

    private static (string Owner, string Name)? KeyOf(TaskRecord record) =>
        record.Request.HasName ? (record.Owner, record.Request.Name) : null;
}
