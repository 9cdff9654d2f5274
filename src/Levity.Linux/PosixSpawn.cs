using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>
/// Starts a program by one native call, posix_spawn(3): between the fork and the exec there is only what the C library
/// does. The child has a session of its own, all signals at their defaults and none blocked, and the descriptors that
/// it is given, no others.
/// </summary>
public static unsafe class PosixSpawn
{
    private static readonly nint Attributes = MakeAttributes();

    /// <summary>Starts a program.</summary>
    /// <param name="path">The file to execute, without a NUL; relative to <paramref name="workingDirectory"/>.</param>
    /// <param name="arguments">The arguments from the program's name on, without NULs.</param>
    /// <param name="environment">NAME=value each, without NULs.</param>
    /// <param name="workingDirectory">The directory to start in.</param>
    /// <param name="descriptors">Become the descriptors 0, 1, 2 … in this order.</param>
    /// <param name="haveTerminal">
    /// The first three of them are a terminal, which becomes the child's controlling one.
    /// </param>
    /// <param name="pid">The child, for which this process must wait.</param>
    /// <returns>0, or the errno of clone(2) or execve(2): then there is no child.</returns>
    public static int Start(
        ReadOnlySpan<byte> path,
        IReadOnlyList<ReadOnlyMemory<byte>> arguments,
        IReadOnlyList<ReadOnlyMemory<byte>> environment,
        SafeFileDescriptor workingDirectory,
        IReadOnlyList<SafeFileDescriptor> descriptors,
        bool haveTerminal,
        out int pid)
    {
        var copies = new List<SafeFileDescriptor>();
        var actions = stackalloc byte[Libc.SpawnFileActionsSize];
        Check(Libc.posix_spawn_file_actions_init(actions), nameof(Libc.posix_spawn_file_actions_init));
        try
        {
            Add(actions, workingDirectory, descriptors, copies);
            if (haveTerminal)
            {
                OpenTerminal(actions);
            }

            Check(
                Libc.posix_spawn_file_actions_addclosefrom_np(actions, descriptors.Count),
                nameof(Libc.posix_spawn_file_actions_addclosefrom_np));
            using var strings = new ExecStrings(path, arguments, environment);
            int child;
            var errno = Libc.posix_spawn(
                &child, strings.Path, actions, (byte*)Attributes, strings.Arguments, strings.Environment);
            pid = errno == 0 ? child : 0;
            return errno;
        }
        finally
        {
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            copies.ForEach(copy => copy.Dispose());
        }
    }

    private static void Add(
        byte* actions,
        SafeFileDescriptor workingDirectory,
        IReadOnlyList<SafeFileDescriptor> descriptors,
        List<SafeFileDescriptor> copies)
    {
        Check(
            Libc.posix_spawn_file_actions_addfchdir_np(actions, workingDirectory),
            nameof(Libc.posix_spawn_file_actions_addfchdir_np));
        for (var number = 0; number < descriptors.Count; number++)
        {
            var source = descriptors[number];
            if (source.DangerousGetHandle() < descriptors.Count)
            {
                // It could be overwritten before its turn.
                source = source.CopyFrom(descriptors.Count);
                copies.Add(source);
            }

            Check(
                Libc.posix_spawn_file_actions_adddup2(actions, source, number),
                nameof(Libc.posix_spawn_file_actions_adddup2));
        }
    }

    // What the leader of a session opens becomes its controlling terminal, when it has none: ioctl_tty(2). The session is
    // new by then, for the library sets the attributes before it takes the actions. Opened once more, by whatever name
    // descriptor 1 has; a copy of the descriptor would not do.
    private static void OpenTerminal(byte* actions)
    {
        fixed (byte* path = "/proc/self/fd/1\0"u8)
        {
            // The library copies the path.
            Check(
                Libc.posix_spawn_file_actions_addopen(actions, 0, path, Libc.O_RDWR, 0),
                nameof(Libc.posix_spawn_file_actions_addopen));
        }
    }

    // Made once and only read from then on, so it is never freed.
    private static nint MakeAttributes()
    {
        var attributes = (byte*)NativeMemory.AllocZeroed(Libc.SpawnAttributesSize);
        Check(Libc.posix_spawnattr_init(attributes), nameof(Libc.posix_spawnattr_init));
        Check(
            Libc.posix_spawnattr_setflags(
                attributes, Libc.POSIX_SPAWN_SETSID | Libc.POSIX_SPAWN_SETSIGDEF | Libc.POSIX_SPAWN_SETSIGMASK),
            nameof(Libc.posix_spawnattr_setflags));

        // Filled by hand: sigfillset(3) leaves out the two signals that the C library keeps for itself.
        var signals = stackalloc byte[Libc.SignalSetSize];
        new Span<byte>(signals, Libc.SignalSetSize).Fill(0xFF);
        Check(
            Libc.posix_spawnattr_setsigdefault(attributes, signals), nameof(Libc.posix_spawnattr_setsigdefault));

        new Span<byte>(signals, Libc.SignalSetSize).Clear();
        Check(Libc.posix_spawnattr_setsigmask(attributes, signals), nameof(Libc.posix_spawnattr_setsigmask));
        return (nint)attributes;
    }

    private static void Check(int errno, string call)
    {
        if (errno != 0)
        {
            throw new LinuxException(call, errno);
        }
    }
}
