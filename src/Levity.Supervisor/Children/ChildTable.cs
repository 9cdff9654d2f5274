using System.Diagnostics.CodeAnalysis;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Supervisor.Children;

/// <summary>
/// All children that the supervisor answers for: live ones by task and by process, and how the others ended. Only the
/// supervisor's loop touches it.
/// </summary>
internal sealed class ChildTable
{
    private readonly Dictionary<TaskId, Child> _live = [];
    private readonly Dictionary<int, Child> _byPid = [];
    private readonly Dictionary<TaskId, ChildEnded> _ended = [];

    /// <summary>Those that are not over: a process of theirs is left, or their log is not sealed yet.</summary>
    public IReadOnlyCollection<Child> Live => _live.Values;

    /// <summary>The endings that levityd has not written down yet.</summary>
    public IReadOnlyCollection<ChildEnded> Ended => _ended.Values;

    public void Add(Child child)
    {
        _live.Add(child.Task, child);
        AddLeader(child);
    }

    /// <summary>It has a first process, or has one again.</summary>
    public void AddLeader(Child child)
    {
        if (child is { LeaderEnded: false, Attempt: { } attempt })
        {
            _byPid.Add(attempt.Pid, child);
        }
    }

    public void Add(TaskId task, ChildEnded ended) => _ended.Add(task, ended);

    public bool TryFindLive(TaskId task, [NotNullWhen(true)] out Child? child) => _live.TryGetValue(task, out child);

    public bool HasEnded(TaskId task) => _ended.ContainsKey(task);

    /// <summary>The child whose first process this is, until that is reaped.</summary>
    public bool TryFindLeader(int pid, [NotNullWhen(true)] out Child? child) => _byPid.TryGetValue(pid, out child);

    /// <summary>The first process is reaped: from now on the kernel may give its number to anybody.</summary>
    public void RemoveLeader(int pid) => _byPid.Remove(pid);

    public void End(Child child, ChildEnded ended)
    {
        _live.Remove(child.Task);
        _ended.Add(child.Task, ended);
    }

    /// <summary>False when it has not ended, or was forgotten already.</summary>
    public bool Forget(TaskId task) => _ended.Remove(task);
}
