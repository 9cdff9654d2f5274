using System.Runtime.InteropServices;

namespace Levity.Linux.Tests;

public sealed class EpollTests : IDisposable
{
    private readonly Epoll _epoll = new();
    private readonly EventFd _one = new();
    private readonly EventFd _two = new();
    private readonly EpollEvent[] _events = new EpollEvent[4];

    public void Dispose()
    {
        _epoll.Dispose();
        _one.Dispose();
        _two.Dispose();
    }

    [Fact]
    public void An_event_has_the_size_that_the_kernel_gives_it()
    {
        // EPOLL_PACKED of sys/epoll.h.
        Assert.Equal(RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16, Epoll.EventSize);
    }

    [Fact]
    public void Each_descriptor_comes_back_with_its_number()
    {
        _epoll.Add(_one.Descriptor, EpollEvents.In, 0x1122_3344_5566_7788);
        _epoll.Add(_two.Descriptor, EpollEvents.In, ulong.MaxValue);
        Assert.Equal(0, _epoll.Wait(_events, 0));

        _one.Signal();
        _two.Signal();
        Assert.Equal(2, _epoll.Wait(_events, Epoll.Forever));

        Assert.Equal(
            [new EpollEvent(EpollEvents.In, 0x1122_3344_5566_7788), new EpollEvent(EpollEvents.In, ulong.MaxValue)],
            _events[..2].OrderBy(one => one.Data));
    }

    [Fact]
    public void No_more_events_come_than_there_is_room_for()
    {
        _epoll.Add(_one.Descriptor, EpollEvents.In, 1);
        _epoll.Add(_two.Descriptor, EpollEvents.In, 2);
        _one.Signal();
        _two.Signal();

        Assert.Equal(1, _epoll.Wait(_events.AsSpan(0, 1), 0));
    }

    [Fact]
    public void What_is_waited_for_can_be_changed_and_ended()
    {
        _epoll.Add(_one.Descriptor, EpollEvents.In, 1);
        _one.Signal();

        _epoll.Modify(_one.Descriptor, EpollEvents.Out, 2);
        Assert.Equal(1, _epoll.Wait(_events, 0));
        Assert.Equal(new EpollEvent(EpollEvents.Out, 2), _events[0]);

        _epoll.Remove(_one.Descriptor);
        Assert.Equal(0, _epoll.Wait(_events, 0));
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => _epoll.Remove(_one.Descriptor)).Number);
    }

    [Fact]
    public void Many_signals_are_one_until_they_are_drained()
    {
        _epoll.Add(_one.Descriptor, EpollEvents.In, 1);
        _one.Signal();
        _one.Signal();
        Assert.Equal(1, _epoll.Wait(_events, 0));

        _one.Drain();
        _one.Drain();
        Assert.Equal(0, _epoll.Wait(_events, 0));

        _one.Signal();
        Assert.Equal(1, _epoll.Wait(_events, 0));
    }

    [Fact]
    public void A_signal_from_another_thread_ends_the_wait()
    {
        _epoll.Add(_one.Descriptor, EpollEvents.In, 1);
        var signaller = new Thread(_one.Signal);
        signaller.Start();

        Assert.Equal(1, _epoll.Wait(_events, 30_000));
        signaller.Join();
    }
}
