using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace Levity.Bench.Processes;

/// <summary>
/// posix_spawn(3), waitpid(2) and kill(2) with nothing around them: the yardstick for starting processes, and the way
/// to time a whole command without the bookkeeping of the platform's Process class.
/// </summary>
internal static unsafe partial class PosixSpawn
{
    private const string Library = "libc";

    // spawn.h of the GNU library says 80, this is room to spare; fcntl.h; errno.h.
    private const int FileActionsSize = 256;
    private const int O_WRONLY = 1;
    private const int EINTR = 4;

    public const int SIGTERM = 15;

    /// <summary>Runs a command to its end, on this thread.</summary>
    /// <returns>The exit code; 128 + n when signal n ended it.</returns>
    /// <exception cref="InvalidOperationException">It cannot be executed.</exception>
    public static int Run(SpawnCommand command)
    {
        int pid, status;
        var errno = posix_spawn(&pid, command.Path, command.FileActions, null, command.Arguments, command.Environment);
        if (errno != 0)
        {
            throw new InvalidOperationException($"{command} cannot be executed: errno {errno}");
        }

        while (waitpid(pid, &status, 0) != pid)
        {
            if (Marshal.GetLastPInvokeError() != EINTR)
            {
                throw new InvalidOperationException($"waitpid: errno {Marshal.GetLastPInvokeError()}");
            }
        }

        var signal = status & 0x7F;
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal;
    }

    /// <summary>Asks a process to end.</summary>
    public static void Terminate(int pid) => _ = kill(pid, SIGTERM);

    /// <summary>
    /// File actions that send standard output to /dev/null. They are never freed: one for each command.
    /// </summary>
    internal static byte* DiscardOutput()
    {
        var actions = (byte*)NativeMemory.AllocZeroed(FileActionsSize);
        fixed (byte* nowhere = "/dev/null"u8)
        {
            return posix_spawn_file_actions_init(actions) == 0
                && posix_spawn_file_actions_addopen(actions, 1, nowhere, O_WRONLY, 0) == 0
                    ? actions
                    : throw new InvalidOperationException("posix_spawn_file_actions");
        }
    }

    [LibraryImport(Library)]
    private static partial int posix_spawn(
        int* pid, byte* path, byte* fileActions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport(Library)]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport(Library)]
    private static partial int posix_spawn_file_actions_addopen(
        byte* actions, int descriptor, byte* path, int flags, uint mode);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int waitpid(int pid, int* status, int options);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
