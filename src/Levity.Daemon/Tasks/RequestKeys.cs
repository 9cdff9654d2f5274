using System.Collections.Concurrent;
using Levity.Daemon.Registry;

namespace Levity.Daemon.Tasks;

/// <summary>Which task has which key: at most one for each owner and key.</summary>
internal sealed class RequestKeys
{
    private readonly ConcurrentDictionary<(string Owner, string Key), ManagedTask> _tasks = new();

    /// <summary>The task that has this one's key from now on: itself, when the key was free or it has none.</summary>
    public ManagedTask Hold(ManagedTask task) =>
        KeyOf(task.Record) is { } key ? _tasks.GetOrAdd(key, task) : task;

    /// <summary>Lets go of the task's key, if it has one and still holds it.</summary>
    public void Release(ManagedTask task)
    {
        if (KeyOf(task.Record) is { } key)
        {
            _tasks.TryRemove(new(key, task));
        }
    }

    private static (string Owner, string Key)? KeyOf(TaskRecord record) =>
        record.RequestKey is { } key ? (record.Owner, key) : null;
}
