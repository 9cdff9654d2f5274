using Levity.Processes;

namespace Levity.Supervisor.Children;

/// <summary>
/// Waits for children to end, on a thread of its own. Not by SIGCHLD: that comes to the platform's thread pool, which ends
/// the whole process when it needs another thread and the user may have no more of them.
/// </summary>
/// <param name="exited">Told, on that thread, that at least one child is there to be reaped.</param>
internal sealed class ExitWatcher(Action exited)
{
    private readonly object _gate = new();
    private bool _look = true;

    public void Start() => new Thread(Run) { Name = "exits", IsBackground = true }.Start();

    /// <summary>There is a new child, or all that had ended are reaped.</summary>
    public void LookAgain()
    {
        lock (_gate)
        {
            _look = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (true)
        {
            lock (_gate)
            {
                // What was found stays until it is reaped: not looked at again before that.
                while (!_look)
                {
                    Monitor.Wait(_gate);
                }

                _look = false;
            }

            if (ChildReaper.WaitForAny())
            {
                exited();
            }
        }
    }
}
