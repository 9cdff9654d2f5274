using System.Buffers;
using Levity.Linux;
using Levity.Processes.ProcFs;

namespace Levity.Processes.Cgroups;

/// <summary>
/// Our own control group, which holds us and, since a child is born into its parent's group, every task at first.
/// Moving
/// a process into a group of its own takes the kernel up to ten milliseconds, so a task that is over sooner never
/// leaves.
/// Safe for all threads.
/// </summary>
internal sealed class Nursery : IDisposable
{
    // Guards all below.
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Newborn> _byLeader = [];
    private readonly Dictionary<string, Newborn> _byTask = [];
    private readonly ArrayBufferWriter<byte> _content = new();
    private readonly List<int> _pids = [];

    private readonly Cgroup _cgroup;
    private readonly SafeFileDescriptor _processes;

    internal Nursery(Cgroup cgroup, SafeFileDescriptor processes)
    {
        _cgroup = cgroup;
        _processes = processes;
    }

    internal void Add(Newborn task)
    {
        lock (_gate)
        {
            _byLeader[task.LeaderPid] = task;
            _byTask[task.TaskId] = task;
        }
    }

    internal void Remove(Newborn task)
    {
        lock (_gate)
        {
            _byLeader.Remove(task.LeaderPid);
            _byTask.Remove(task.TaskId);
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

    /// <summary>
    /// Lists the processes of one task: its leader, and those of the rest that are not for certain another task's.
    /// </summary>
    internal List<int> List(Newborn task)
    {
        List<int> candidates;
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
        }

        candidates.RemoveAll(pid => pid != task.LeaderPid && FindOwner(pid) is { } owner && owner != task);
        return candidates;
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
