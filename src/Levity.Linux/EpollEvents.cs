namespace Levity.Linux;

/// <summary>What to wait for, and what has happened: epoll_ctl(2).</summary>
[Flags]
public enum EpollEvents : uint
{
    None = 0,

    /// <summary>There is something to read.</summary>
    In = 0x1,

    /// <summary>Something exceptional; for <c>cgroup.events</c>: its content has changed.</summary>
    Priority = 0x2,

    /// <summary>There is room to write.</summary>
    Out = 0x4,

    /// <summary>An error; always reported, need not be asked for.</summary>
    Error = 0x8,

    /// <summary>The other end is closed; always reported, need not be asked for.</summary>
    HangUp = 0x10,

    /// <summary>A peer has shut down its writing half.</summary>
    ReadHangUp = 0x2000,

    /// <summary>Report once, then stay silent until modified.</summary>
    OneShot = 1u << 30,

    /// <summary>Report changes only.</summary>
    EdgeTriggered = 1u << 31,
}
