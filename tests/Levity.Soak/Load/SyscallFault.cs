namespace Levity.Soak.Load;

/// <summary>A way in which system calls of one of the two programs fail.</summary>
/// <param name="OfDaemon">Of levityd; of the supervisor otherwise.</param>
/// <param name="Calls">Which, as strace(1) is told; not every one is there on each architecture.</param>
/// <param name="Errors">What they may fail with.</param>
internal sealed record SyscallFault(bool OfDaemon, string Calls, params string[] Errors)
{
    /// <summary>
    /// levityd ends when its disk fails: docs/decisions/0008-what-the-registry-does-about-damage.md.
    /// </summary>
    public bool EndsDaemon { get; init; }

    /// <summary>The call is made by what the program has just forked.</summary>
    public bool OfChildren { get; init; }

    /// <summary>
    /// Of the thread that owns the children. All others make it for another thread, without which .NET ends the program.
    /// </summary>
    public bool OfLoop { get; init; }

    public static IReadOnlyList<SyscallFault> All { get; } =
    [
        new(true, "fsync,fdatasync", "EIO", "ENOSPC") { EndsDaemon = true },
        new(true, "pwrite64", "EIO", "EROFS") { EndsDaemon = true },
        new(true, "pwrite64", "EDQUOT"),
        new(true, "openat", "EMFILE", "ENFILE", "EIO", "EINTR"),
        new(true, "unlinkat,rmdir", "EIO", "EBUSY", "EACCES"),
        new(true, "accept4,accept", "EMFILE", "ENFILE", "ECONNABORTED"),
        new(true, "sendmsg,sendto", "ECONNRESET", "EPIPE", "ENOBUFS"),
        new(true, "recvmsg,recvfrom", "ECONNRESET", "ETIMEDOUT"),
        new(false, "clone,clone3,vfork", "EAGAIN", "ENOMEM") { OfLoop = true },
        new(false, "execve", "ENOMEM", "ETXTBSY", "EIO", "EACCES", "EAGAIN") { OfChildren = true },
        new(false, "pipe2", "EMFILE", "ENFILE"),
        new(false, "mkdir,mkdirat", "ENOSPC", "EDQUOT", "EROFS", "EIO", "EMLINK"),
        new(false, "openat,open", "EMFILE", "ENFILE", "EIO", "ENOSPC", "EINTR"),
        new(false, "pwrite64", "ENOSPC", "EDQUOT", "EROFS", "EIO", "EINTR"),
        new(false, "epoll_wait,epoll_pwait,epoll_pwait2", "EINTR"),
        new(false, "read,write", "EINTR"),
        new(false, "waitid,wait4", "EINTR"),
        new(false, "pidfd_open", "EMFILE", "ENFILE", "ENOMEM"),
        new(false, "unlinkat,rmdir", "EBUSY", "EIO"),
        new(false, "sendmsg,recvmsg,sendto,recvfrom", "ECONNRESET", "EPIPE"),
    ];

    /// <summary>For strace -e inject=: strace(1), "when=FIRST+STEP".</summary>
    public string Injection(Random random) =>
        $"{Calls}:error={Errors[random.Next(Errors.Length)]}:when={random.Next(1, 5)}+{random.Next(3, 10)}";
}
