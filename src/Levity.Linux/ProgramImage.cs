using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>
/// Executes another program in place of this one: execve(2). The process stays the same, with its number, its children,
/// its control group and the descriptors that were left open (<see cref="InheritedDescriptor"/>); all its other threads
/// end where they are.
/// </summary>
public static unsafe class ProgramImage
{
    /// <summary>Does not return when it succeeds.</summary>
    /// <param name="path">The program, without a NUL.</param>
    /// <param name="arguments">The arguments from the program's name on, without NULs.</param>
    /// <param name="environment">NAME=value each, without NULs.</param>
    /// <returns>The errno.</returns>
    public static int Replace(
        ReadOnlySpan<byte> path,
        IReadOnlyList<ReadOnlyMemory<byte>> arguments,
        IReadOnlyList<ReadOnlyMemory<byte>> environment) => ReplaceWithin([], path, arguments, environment, out _);

    /// <summary>The same, with limits that hold from the exec on.</summary>
    /// <param name="limits">
    /// Set in the last moment, when all is made that needs memory: what they leave may not be enough for this program.
    /// </param>
    /// <param name="path">The program, without a NUL.</param>
    /// <param name="arguments">The arguments from the program's name on, without NULs.</param>
    /// <param name="environment">NAME=value each, without NULs.</param>
    /// <param name="refused">The limit that could not be set, if it was that.</param>
    /// <returns>The errno.</returns>
    public static int ReplaceWithin(
        ReadOnlySpan<ProcessLimit> limits,
        ReadOnlySpan<byte> path,
        IReadOnlyList<ReadOnlyMemory<byte>> arguments,
        IReadOnlyList<ReadOnlyMemory<byte>> environment,
        out ProcessLimit? refused)
    {
        refused = null;
        using var strings = new ExecStrings(path, arguments, environment);
        foreach (var limit in limits)
        {
            var errno = limit.Set();
            if (errno != 0)
            {
                refused = limit;
                return errno;
            }
        }

        _ = Libc.execve(strings.Path, strings.Arguments, strings.Environment);
        return Marshal.GetLastPInvokeError();
    }
}
