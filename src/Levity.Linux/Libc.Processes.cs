using System.Runtime.InteropServices;

namespace Levity.Linux;

// posix_spawn(3), execve(2), wait4(2), waitid(2), pidfd_open(2), kill(2), signal(2), pthread_sigmask(3), poll(2), prctl(2),
// prlimit(2), umask(2).
internal static unsafe partial class Libc
{
    // spawn.h
    internal const short POSIX_SPAWN_SETSIGDEF = 0x04;
    internal const short POSIX_SPAWN_SETSIGMASK = 0x08;
    internal const short POSIX_SPAWN_SETSID = 0x80;

    // sizeof(posix_spawnattr_t) is 336 and sizeof(posix_spawn_file_actions_t) is 80 in the GNU library on x86-64 and
    // arm64, sizeof(sigset_t) is 128: room to spare for a library that needs more.
    internal const int SpawnAttributesSize = 512;
    internal const int SpawnFileActionsSize = 256;
    internal const int SignalSetSize = 128;

    // bits/waitflags.h, bits/types/idtype_t.h
    internal const int WNOHANG = 1;
    internal const int WEXITED = 4;
    internal const int WNOWAIT = 0x0100_0000;
    internal const int P_ALL = 0;

    // siginfo_t is 128 bytes; si_pid is the first field after the three ints of its head and their padding.
    internal const int SigInfoSize = 128;
    internal const int SigInfoPidOffset = 16;

    // asm/unistd.h: one number on all architectures since Linux 5.1.
    internal const long SYS_pidfd_send_signal = 424;
    internal const long SYS_pidfd_open = 434;

    internal const int PR_SET_CHILD_SUBREAPER = 36;
    internal const int PR_SET_NAME = 15;

    // bits/sigaction.h
    internal const int SIG_BLOCK = 0;
    internal const int SIG_UNBLOCK = 1;
    internal const int SIG_SETMASK = 2;
    internal const nint SIG_DFL = 0;

    internal const short POLLIN = 1;

    // bits/resource.h
    internal const int RLIMIT_NOFILE = 7;

    // The posix_spawn family returns the errno and leaves the variable alone.
    [LibraryImport(Library)]
    internal static partial int posix_spawn(
        int* pid, byte* path, byte* fileActions, byte* attributes, byte** argv, byte** envp);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int execve(byte* path, byte** argv, byte** envp);

    // Returns the errno, like the posix_spawn family.
    [LibraryImport(Library)]
    internal static partial int pthread_sigmask(int how, byte* set, byte* oldSet);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_init(byte* fileActions);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_destroy(byte* fileActions);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_addfchdir_np(byte* fileActions, SafeFileDescriptor directory);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_adddup2(byte* fileActions, SafeFileDescriptor fd, int newFd);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_addopen(
        byte* fileActions, int fd, byte* path, int flags, uint mode);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_addclosefrom_np(byte* fileActions, int firstFd);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int waitid(int idType, uint id, byte* info, int options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int wait4(int pid, int* status, int options, RUsage* usage);

    // pidfd_open(2) and pidfd_send_signal(2) have functions of their own only from glibc 2.36 on.
    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    internal static partial long pidfd_open(long number, long pid, long flags);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    internal static partial long pidfd_send_signal(
        long number, SafeFileDescriptor pidfd, long signal, nint info, long flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint signal(int signal, nint handler);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int kill(int pid, int signal);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int poll(PollFd* descriptors, nuint count, int timeout);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int prctl(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int prlimit(int pid, int resource, RLimit* newLimit, RLimit* oldLimit);

    [LibraryImport(Library)]
    internal static partial uint umask(uint mask);

    /// <summary>struct rlimit of getrlimit(2).</summary>
    internal struct RLimit
    {
        internal ulong Soft;
        internal ulong Hard;
    }

    /// <summary>struct pollfd of poll(2).</summary>
    internal struct PollFd
    {
        internal int Descriptor;
        internal short Events;
        internal short Returned;
    }

    /// <summary>struct rusage of getrusage(2); what we do not read is left out but for its room.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    internal struct RUsage
    {
        internal long UserSeconds;
        internal long UserMicroseconds;
        internal long SystemSeconds;
        internal long SystemMicroseconds;
        internal long MaxRssKiB;
    }
}
