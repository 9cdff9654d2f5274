using Levity.Linux;

namespace Levity.Supervisor;

/// <summary>How other threads ask the supervisor's loop to do something: work runs on its thread, in order.</summary>
internal sealed class WorkQueue : IDisposable
{
    private readonly LoopInbox _inbox = new();
    private readonly Epoll _epoll = new();

    public WorkQueue() => _epoll.Add(_inbox.Descriptor, EpollEvents.In, 0);

    /// <summary>From any thread.</summary>
    public void Post(Action work) => _inbox.Post(work);

    /// <summary>On the loop's thread: waits until there is something to do, and does what is there then.</summary>
    /// <param name="milliseconds">How long to wait for it; -1 for no end.</param>
    public void Run(int milliseconds)
    {
        Span<EpollEvent> events = stackalloc EpollEvent[1];
        if (_epoll.Wait(events, milliseconds) > 0)
        {
            _inbox.RunAll();
        }
    }

    /// <summary>On the loop's thread: does all that is there, until nothing is left.</summary>
    public void RunAll()
    {
        while (_inbox.HasWork)
        {
            _inbox.RunAll();
        }
    }

    public void Dispose()
    {
        _epoll.Dispose();
        _inbox.Dispose();
    }
}
