namespace Levity.Processes.Sessions;

/// <summary>The first processes of all tasks that are not over, by their numbers.</summary>
internal sealed class LiveLeaders
{
    private readonly Dictionary<int, string> _taskIds = [];

    internal int Count => _taskIds.Count;

    internal void Add(int pid, string taskId) => _taskIds[pid] = taskId;

    internal void Remove(int pid) => _taskIds.Remove(pid);

    internal bool Contains(int pid) => _taskIds.ContainsKey(pid);

    internal bool HasTask(string taskId) => _taskIds.ContainsValue(taskId);
}
