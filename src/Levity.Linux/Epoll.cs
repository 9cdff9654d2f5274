using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>Waits for many descriptors at once: epoll(7).</summary>
public sealed class Epoll : IDisposable
{
    /// <summary>A timeout without an end.</summary>
    public const int Forever = -1;

    private const int MaxEventsPerWait = 256;

    private readonly SafeFileDescriptor _epoll;

    /// <exception cref="LinuxException">epoll_create1(2): EMFILE, ENFILE, ENOMEM.</exception>
    public Epoll()
    {
        _epoll = Libc.epoll_create1(Libc.EPOLL_CLOEXEC);
        if (_epoll.IsInvalid)
        {
            throw new LinuxException("epoll_create1", Marshal.GetLastPInvokeError());
        }
    }

    // struct epoll_event is { uint32_t events; uint64_t data; }, and packed on x86-64 only (sys/epoll.h), so that it
    // has the layout of the 32-bit one there.
    internal static int EventSize => DataOffset + sizeof(ulong);

    private static int DataOffset => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    /// <summary>Begins to watch a descriptor. <paramref name="data"/> comes back with its events.</summary>
    /// <exception cref="LinuxException">epoll_ctl(2): EEXIST when it is watched already, ENOSPC.</exception>
    public void Add(SafeFileDescriptor descriptor, EpollEvents events, ulong data) =>
        Control(Libc.EPOLL_CTL_ADD, descriptor, events, data);

    /// <summary>Changes what is waited for, and arms a one-shot descriptor again.</summary>
    /// <exception cref="LinuxException">epoll_ctl(2): ENOENT when it is not watched.</exception>
    public void Modify(SafeFileDescriptor descriptor, EpollEvents events, ulong data) =>
        Control(Libc.EPOLL_CTL_MOD, descriptor, events, data);

    /// <summary>
    /// Ends the watch. Needed before a descriptor is closed if anybody else, such as a child, has it open too.
    /// </summary>
    /// <exception cref="LinuxException">epoll_ctl(2): ENOENT when it is not watched.</exception>
    public void Remove(SafeFileDescriptor descriptor) =>
        Control(Libc.EPOLL_CTL_DEL, descriptor, EpollEvents.None, 0);

    /// <summary>Waits until something happens or the time is over: epoll_wait(2).</summary>
    /// <param name="events">Receives what has happened; not empty. At most 256 are filled in at a time.</param>
    /// <param name="timeoutMs">Milliseconds; 0 to look only, or <see cref="Forever"/>.</param>
    /// <returns>How many events were filled in. 0 when the time is over, or when a signal came first.</returns>
    /// <exception cref="LinuxException">epoll_wait(2).</exception>
    [SkipLocalsInit]
    public unsafe int Wait(Span<EpollEvent> events, int timeoutMs)
    {
        var wanted = Math.Min(events.Length, MaxEventsPerWait);
        var raw = stackalloc byte[wanted * EventSize];
        var count = Libc.epoll_wait(_epoll, raw, wanted, timeoutMs);
        if (count == -1)
        {
            // The caller computes its time again, so an interrupted wait is just a short one.
            return Libc.Interrupted ? 0 : throw new LinuxException("epoll_wait", Marshal.GetLastPInvokeError());
        }

        for (var i = 0; i < count; i++)
        {
            var one = new ReadOnlySpan<byte>(raw + i * EventSize, EventSize);
            events[i] = new EpollEvent(
                (EpollEvents)BinaryPrimitives.ReadUInt32LittleEndian(one),
                BinaryPrimitives.ReadUInt64LittleEndian(one[DataOffset..]));
        }

        return count;
    }

    public void Dispose() => _epoll.Dispose();

    private unsafe void Control(int operation, SafeFileDescriptor descriptor, EpollEvents events, ulong data)
    {
        var raw = stackalloc byte[EventSize];
        var one = new Span<byte>(raw, EventSize);
        BinaryPrimitives.WriteUInt32LittleEndian(one, (uint)events);
        BinaryPrimitives.WriteUInt64LittleEndian(one[DataOffset..], data);
        if (Libc.epoll_ctl(_epoll, operation, descriptor, raw) == -1)
        {
            throw new LinuxException("epoll_ctl", Marshal.GetLastPInvokeError());
        }
    }
}
