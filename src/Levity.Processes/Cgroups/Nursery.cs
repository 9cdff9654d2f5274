using System.Buffers;
using Levity.Linux;
using Levity.Processes.ProcFs;

namespace Levity.Processes.Cgroups;

/// <summary>
/// Our own control group, which holds us and, since a child is born into its parent's group, every task at first.
/// Moving a process into a group of its own takes the kernel up to ten milliseconds, so a task that is over sooner
/// never leaves. Safe for all threads.
/// </summary>
internal sealed class Nursery : IDisposable
{
    // Guards all below.
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Newborn> _byLeader = [];
    private readonly Dictionary<string, Newborn> _byTask = [];
    private int _births;
    private readonly ArrayBufferWriter<byte> _content = new();
    private readonly List<int> _pids = [];

    private readonly Cgroup _cgroup;
    private readonly SafeFileDescriptor _processes;

    internal Nursery(Cgroup cgroup, SafeFileDescriptor processes)
    {
        _cgroup = cgroup;
        _processes = processes;
    }

    /// <summary>
    /// A task is about to be started. Until it is added nobody can tell whose its first process is: it has the
    /// environment of this process, and our number as its parent's.
    /// </summary>
    internal void BeginBirth()
    {
        lock (_gate)
        {
            _births++;
        }
    }

    internal void EndBirth(Newborn? task)
    {
        lock (_gate)
        {
            _births--;
            if (task is not null)
            {
                Add(task);
            }
        }
    }

    /// <summary>A task is here.</summary>
    internal void Add(Newborn task)
    {
        lock (_gate)
        {
            _byLeader[task.LeaderPid] = task;
            _byTask[task.TaskId] = task;
        }
    }

    /// <summary>Nothing of the task is here any more. Its leader's number may belong to another task by now.</summary>
    internal void Remove(Newborn task)
    {
        lock (_gate)
        {
            if (_byTask.Remove(task.TaskId) && _byLeader.GetValueOrDefault(task.LeaderPid) == task)
            {
                _byLeader.Remove(task.LeaderPid);
            }
        }
    }

    internal bool Contains(int pid) => _cgroup.Contains(pid);

    /// <summary>Lists all that are here but us.</summary>
    internal List<int> List()
    {
        lock (_gate)
        {
            Read();
            return [.. _pids];
        }
    }

    /// <summary>Lists the processes of one task.</summary>
    /// <param name="task">Whose.</param>
    /// <param name="strangers">
    /// Whether there are others whose task cannot be told, since they have got rid of their environment, session and
    /// parent. Where a task is the only one they are its own. Otherwise they are left alone: to end the process of another
    /// task would be worse than to end one late.
    /// </param>
    internal List<int> List(Newborn task, out bool strangers)
    {
        strangers = false;
        List<int> candidates;
        bool isOnlyOne;
        lock (_gate)
        {
            Read();

            // Nearly always nobody is left: then this is one short read.
            _pids.RemoveAll(pid => _byLeader.TryGetValue(pid, out var other) && other != task);
            if (_pids.Count == 0)
            {
                return [];
            }

            candidates = [.. _pids];
            isOnlyOne = _births == 0 && _byTask.Count == 1 && _byTask.ContainsKey(task.TaskId);
        }

        var own = new List<int>();
        foreach (var pid in candidates)
        {
            var owner = pid == task.LeaderPid ? task : FindOwner(pid);
            if (owner == task || (owner is null && isOnlyOne))
            {
                own.Add(pid);
            }

            strangers |= owner is null && !isOnlyOne;
        }

        return own;
    }

    public void Dispose() => _processes.Dispose();

    private void Read()
    {
        _content.ResetWrittenCount();
        _pids.Clear();
        var errno = KernelFile.Read(_processes, _content);
        if (errno != 0)
        {
            throw new LinuxException("read", errno, $"{_cgroup.Location.Directory}/cgroup.procs");
        }

        PidList.Parse(_content.WrittenSpan, _pids);
        _pids.Remove(Environment.ProcessId);
    }

    // A process shows whose it is by its environment, its session or its ancestors. One that has got rid of all three
    // in its first milliseconds is nobody's for certain.
    private Newborn? FindOwner(int pid)
    {
        if (ProcEnvironment.FindTaskId(pid) is { } taskId && Find(_byTask, taskId) is { } named)
        {
            return named;
        }

        for (var process = ProcStat.TryRead(pid); process is { } known; process = ProcStat.TryRead(known.ParentPid))
        {
            if ((Find(_byLeader, known.Session) ?? Find(_byLeader, known.ParentPid)) is { } owner)
            {
                return owner;
            }

            if (known.ParentPid <= 1 || known.ParentPid == Environment.ProcessId)
            {
                break;
            }
        }

        return null;
    }

    private Newborn? Find<TKey>(Dictionary<TKey, Newborn> index, TKey key)
        where TKey : notnull
    {
        lock (_gate)
        {
            return index.GetValueOrDefault(key);
        }
    }
}
