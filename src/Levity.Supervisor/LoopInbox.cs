using System.Collections.Concurrent;
using Levity.Linux;

namespace Levity.Supervisor;

/// <summary>
/// How other threads ask a loop to do something: work is queued and the loop's epoll wakes up. Work runs on the loop's
/// thread, in order, so what only that work touches needs no lock.
/// </summary>
internal sealed class LoopInbox : IDisposable
{
    private const int WakeUps = 3;

    private readonly ConcurrentQueue<Action> _work = new();
    private readonly EventFd _wake = new();

    // 1 from the first work that is posted until the loop looks: one wake-up is enough for all of it.
    private int _isAwake;

    public SafeFileDescriptor Descriptor => _wake.Descriptor;

    public bool HasWork => !_work.IsEmpty;

    /// <summary>From any thread.</summary>
    public void Post(Action work)
    {
        _work.Enqueue(work);

        // It is queued, so it will be done, and who posts must not take it for failed and do it again. A wake-up that fails is
        // tried again; should it fail for good, that of the next work counts for this one too.
        for (var i = 0; i < WakeUps && Interlocked.Exchange(ref _isAwake, 1) == 0 && !TryWake(); i++)
        {
            Interlocked.Exchange(ref _isAwake, 0);
        }
    }

    /// <summary>On the loop's thread, when the descriptor is readable: runs what has been posted by now.</summary>
    public void RunAll()
    {
        // First the wake-up, then the queue: work that comes in between wakes the loop once more, for nothing.
        _wake.Drain();
        Interlocked.Exchange(ref _isAwake, 0);

        // Not until it is empty: whoever posts without end must not keep the loop from all else that it does.
        for (var left = _work.Count; left > 0 && _work.TryDequeue(out var work); left--)
        {
            work();
        }
    }

    public void Dispose() => _wake.Dispose();

    private bool TryWake()
    {
        try
        {
            _wake.Signal();
            return true;
        }
        catch (LinuxException)
        {
            return false;
        }
    }
}
