using System.Collections.Concurrent;
using Levity.Linux;

namespace Levity.Supervisor;

/// <summary>
/// How other threads ask a loop to do something: work is queued and the loop's epoll wakes up. Work runs on the loop's
/// thread, in order, so what only that work touches needs no lock.
/// </summary>
internal sealed class LoopInbox : IDisposable
{
    private readonly ConcurrentQueue<Action> _work = new();
    private readonly EventFd _wake = new();

    public SafeFileDescriptor Descriptor => _wake.Descriptor;

    /// <summary>From any thread.</summary>
    public void Post(Action work)
    {
        _work.Enqueue(work);
        _wake.Signal();
    }

    /// <summary>On the loop's thread, when the descriptor is readable.</summary>
    public void RunAll()
    {
        // First the wake-up, then the queue: work that comes in between wakes the loop once more, for nothing.
        _wake.Drain();
        while (_work.TryDequeue(out var work))
        {
            work();
        }
    }

    public void Dispose() => _wake.Dispose();
}
