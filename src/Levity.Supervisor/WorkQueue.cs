using System.Collections.Concurrent;

namespace Levity.Supervisor;

/// <summary>How other threads ask the supervisor's loop to do something: work runs on its thread, in order.</summary>
internal sealed class WorkQueue
{
    private readonly BlockingCollection<Action> _work = [];

    /// <summary>From any thread.</summary>
    public void Post(Action work) => _work.Add(work);

    /// <summary>On the loop's thread: does one thing, if there is one in time.</summary>
    /// <param name="milliseconds">How long to wait for it; -1 for no end.</param>
    /// <returns>False when there was none.</returns>
    public bool RunOne(int milliseconds)
    {
        var found = _work.TryTake(out var work, milliseconds);
        work?.Invoke();
        return found;
    }

    /// <summary>On the loop's thread: does all that is there.</summary>
    public void RunAll()
    {
        while (RunOne(milliseconds: 0))
        {
            // Until nothing is left.
        }
    }
}
