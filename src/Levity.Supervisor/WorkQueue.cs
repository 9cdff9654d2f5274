using Levity.Linux;

namespace Levity.Supervisor;

/// <summary>
/// What the supervisor's loop waits for. Other threads ask it to do something: that runs on its thread, in order. And
/// descriptors become ready.
/// </summary>
internal sealed class WorkQueue : IDisposable
{
    private const ulong InboxKey = ulong.MaxValue;

    private readonly LoopInbox _inbox = new();
    private readonly Epoll _epoll = new();
    private readonly Dictionary<ulong, Action> _watched = [];
    private ulong _lastKey;

    public WorkQueue() => _epoll.Add(_inbox.Descriptor, EpollEvents.In, InboxKey);

    /// <summary>From any thread.</summary>
    public void Post(Action work) => _inbox.Post(work);

    /// <summary>
    /// On the loop's thread: has <paramref name="work"/> done whenever the descriptor is ready for that, until the key that
    /// this returns is given to <see cref="Unwatch"/>.
    /// </summary>
    /// <exception cref="LinuxException">ENOMEM, ENOSPC.</exception>
    public ulong Watch(SafeFileDescriptor descriptor, EpollEvents ready, Action work)
    {
        _epoll.Add(descriptor, ready, ++_lastKey);
        _watched[_lastKey] = work;
        return _lastKey;
    }

    public void Unwatch(SafeFileDescriptor descriptor, ulong key)
    {
        if (_watched.Remove(key))
        {
            _epoll.Remove(descriptor);
        }
    }

    /// <summary>On the loop's thread: waits until there is something to do, and does what is there then.</summary>
    /// <param name="milliseconds">How long to wait for it; -1 for no end.</param>
    public void Run(int milliseconds)
    {
        Span<EpollEvent> events = stackalloc EpollEvent[1];
        if (_epoll.Wait(events, milliseconds) == 0)
        {
            return;
        }

        if (events[0].Data == InboxKey)
        {
            _inbox.RunAll();
        }
        else if (_watched.TryGetValue(events[0].Data, out var work))
        {
            work();
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
