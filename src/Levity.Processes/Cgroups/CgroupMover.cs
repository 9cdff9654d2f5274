using Levity.Linux;

namespace Levity.Processes.Cgroups;

/// <summary>
/// Does what may block in the kernel for milliseconds, on a thread of its own: takes tasks that have lived for a while
/// into their groups, and removes the groups of those that are over.
/// </summary>
internal sealed class CgroupMover : IDisposable
{
    // Long enough for most commands to be over, and so never to need a group.
    private static readonly TimeSpan NurseryTime = TimeSpan.FromMilliseconds(20);

    // A group whose last process is dying cannot be removed yet.
    private static readonly TimeSpan RemovalRetry = TimeSpan.FromMilliseconds(200);

    // Guards all below, and wakes the thread.
    private readonly object _gate = new();
    private readonly Queue<(CgroupContainment Task, long Born)> _newborns = [];
    private readonly Queue<Cgroup> _removals = [];
    private bool _isAsleep;
    private bool _isStopping;

    // Groups that could not be removed yet; the thread's own.
    private readonly List<Cgroup> _over = [];

    private readonly TimeProvider _time;
    private Thread _thread;

    internal CgroupMover(TimeProvider time)
    {
        _time = time;
        _thread = Start();
    }

    internal void EnterLater(CgroupContainment task)
    {
        lock (_gate)
        {
            _newborns.Enqueue((task, _time.GetTimestamp()));
            WakeIfAsleep();
        }
    }

    internal void RemoveLater(Cgroup cgroup)
    {
        lock (_gate)
        {
            _removals.Enqueue(cgroup);
            WakeIfAsleep();
        }
    }

    /// <summary>Removes what can be removed, and ends the thread.</summary>
    internal void Pause()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    /// <summary>Goes on after <see cref="Pause"/>.</summary>
    internal void Resume()
    {
        _isStopping = false;
        _thread = Start();
    }

    public void Dispose() => Pause();

    private Thread Start()
    {
        var thread = new Thread(Run) { Name = "cgroups", IsBackground = true };
        thread.Start();
        return thread;
    }

    private void Run()
    {
        var due = new List<CgroupContainment>();
        bool goesOn;
        do
        {
            goesOn = WaitForWork(due);
            foreach (var task in due.Where(task => !TryEnter(task)))
            {
                EnterLater(task);
            }

            due.Clear();
            _over.RemoveAll(cgroup => cgroup.TryRemove());
        }
        while (goesOn);
    }

    // A task that cannot be moved, for want of memory or descriptors, can be ended where it is.
    private static bool TryEnter(CgroupContainment task)
    {
        try
        {
            return task.TryEnter();
        }
        catch (LinuxException)
        {
            return true;
        }
    }

    private bool WaitForWork(List<CgroupContainment> due)
    {
        lock (_gate)
        {
            if (!_isStopping && _removals.Count == 0 && TimeToWait() is var wait && wait != TimeSpan.Zero)
            {
                _isAsleep = wait == Timeout.InfiniteTimeSpan;
                Monitor.Wait(_gate, wait);
                _isAsleep = false;
            }

            _over.AddRange(_removals);
            _removals.Clear();
            while (!_isStopping && _newborns.TryPeek(out var oldest) && TimeToLeave(oldest.Born) == TimeSpan.Zero)
            {
                due.Add(_newborns.Dequeue().Task);
            }

            return !_isStopping;
        }
    }

    private TimeSpan TimeToWait() =>
        _newborns.TryPeek(out var oldest) ? TimeToLeave(oldest.Born)
        : _over.Count > 0 ? RemovalRetry
        : Timeout.InfiniteTimeSpan;

    // Whole milliseconds, because that is what a thread can wait.
    private TimeSpan TimeToLeave(long born)
    {
        var left = NurseryTime - _time.GetElapsedTime(born);
        return left <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
    }

    // While the thread waits for a certain moment it looks at everything then: no need to wake it for each task.
    private void WakeIfAsleep()
    {
        if (_isAsleep)
        {
            Monitor.Pulse(_gate);
        }
    }
}
