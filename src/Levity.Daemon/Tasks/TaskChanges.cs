using System.Collections.Immutable;
using Levity.Daemon.Registry;

namespace Levity.Daemon.Tasks;

/// <summary>Tells those who watch what happens to all tasks. Nobody waits for any of them.</summary>
internal sealed class TaskChanges
{
    // One for all tasks, of which there are many.
    private readonly Action<ManagedTask> _publish;
    private ImmutableArray<TaskWatcher> _watchers = [];
    private long _count;

    public TaskChanges() => _publish = Publish;

    /// <summary>The number of the last one.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>How many watch.</summary>
    public int Watchers => _watchers.Length;

    /// <summary>Tells that there is this task, and from now on what happens to it.</summary>
    public void Follow(ManagedTask task)
    {
        task.Changed += _publish;
        Publish(task);
    }

    /// <summary>Begins to watch; disposing of it ends that.</summary>
    /// <param name="includes">Of which tasks to hear. Asked at each change, under the task's lock.</param>
    public TaskWatcher Watch(Func<TaskRecord, bool> includes)
    {
        var watcher = new TaskWatcher(includes, Leave);
        ImmutableInterlocked.Update(ref _watchers, watchers => watchers.Add(watcher));
        return watcher;
    }

    private void Leave(TaskWatcher watcher) => ImmutableInterlocked.Update(ref _watchers, watchers => watchers.Remove(watcher));

    private void Publish(ManagedTask task)
    {
        // Numbered before anybody looks whether there are watchers: who begins to watch now sees the task as it is.
        task.LastChange = Interlocked.Increment(ref _count);
        foreach (var watcher in _watchers)
        {
            watcher.Note(new TaskChange(task, task.Record, task.IsGone, task.LastChange));
        }
    }
}
