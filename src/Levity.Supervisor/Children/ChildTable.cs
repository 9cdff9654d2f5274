using System.Diagnostics.CodeAnalysis;
using Levity.Protocol;

namespace Levity.Supervisor.Children;

/// <summary>
/// All children that the supervisor answers for, by task and by process. Only the supervisor's loop touches it.
/// </summary>
internal sealed class ChildTable
{
    private readonly Dictionary<TaskId, Child> _byTask = [];
    private readonly Dictionary<int, Child> _byPid = [];

    /// <summary>Running ones, and ended ones that levityd has not written down yet.</summary>
    public IReadOnlyCollection<Child> All => _byTask.Values;

    public bool AnyAlive => _byTask.Values.Any(child => child.Ended is null);

    public void Add(Child child)
    {
        _byTask.Add(child.Task, child);
        _byPid.Add(child.Pid, child);
    }

    public bool TryFind(TaskId task, [NotNullWhen(true)] out Child? child) => _byTask.TryGetValue(task, out child);

    /// <summary>
    /// The child whose first process this is, once: after that the kernel may give the number to anybody.
    /// </summary>
    public bool TryTakeLeader(int pid, [NotNullWhen(true)] out Child? child) => _byPid.Remove(pid, out child);

    public void Remove(Child child) => _byTask.Remove(child.Task);
}
