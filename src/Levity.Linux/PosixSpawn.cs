using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>
/// Starts a program by one native call, posix_spawn(3): between the fork and the exec there is only what the C library
/// does. The child has a session of its own, all signals at their defaults and none blocked, and the descriptors 0, 1
/// and 2, no others.
/// </summary>
public static unsafe class PosixSpawn
{
    private const int FirstOther = 3;

    private static readonly nint Attributes = MakeAttributes();

    /// <summary>Starts a program.</summary>
    /// <param name="path">The file to execute, without a NUL; relative to <paramref name="workingDirectory"/>.</param>
    /// <param name="arguments">The arguments from the program's name on, without NULs.</param>
    /// <param name="environment">NAME=value each, without NULs.</param>
    /// <param name="workingDirectory">The directory to start in.</param>
    /// <param name="stdin">Becomes descriptor 0. None of the three may be 0, 1 or 2 in this process.</param>
    /// <param name="stdout">Becomes descriptor 1.</param>
    /// <param name="stderr">Becomes descriptor 2.</param>
    /// <param name="pid">The child, for which this process must wait.</param>
    /// <returns>0, or the errno of clone(2) or execve(2): then there is no child.</returns>
    public static int Start(
        ReadOnlySpan<byte> path,
        IReadOnlyList<ReadOnlyMemory<byte>> arguments,
        IReadOnlyList<ReadOnlyMemory<byte>> environment,
        SafeFileDescriptor workingDirectory,
        SafeFileDescriptor stdin,
        SafeFileDescriptor stdout,
        SafeFileDescriptor stderr,
        out int pid)
    {
        var actions = stackalloc byte[Libc.SpawnFileActionsSize];
        Check(Libc.posix_spawn_file_actions_init(actions), nameof(Libc.posix_spawn_file_actions_init));
        try
        {
            Add(actions, workingDirectory, stdin, stdout, stderr);
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
        }
    }

    private static void Add(
        byte* actions,
        SafeFileDescriptor workingDirectory,
        SafeFileDescriptor stdin,
        SafeFileDescriptor stdout,
        SafeFileDescriptor stderr)
    {
        Check(
            Libc.posix_spawn_file_actions_addfchdir_np(actions, workingDirectory),
            nameof(Libc.posix_spawn_file_actions_addfchdir_np));
        AddDup2(actions, stdin, 0);
        AddDup2(actions, stdout, 1);
        AddDup2(actions, stderr, 2);
        Check(
            Libc.posix_spawn_file_actions_addclosefrom_np(actions, FirstOther),
            nameof(Libc.posix_spawn_file_actions_addclosefrom_np));
    }

    private static void AddDup2(byte* actions, SafeFileDescriptor from, int to)
    {
        // One of the three could be overwritten before it is copied.
        ArgumentOutOfRangeException.ThrowIfLessThan(from.DangerousGetHandle(), FirstOther);
        Check(
            Libc.posix_spawn_file_actions_adddup2(actions, from, to), nameof(Libc.posix_spawn_file_actions_adddup2));
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
