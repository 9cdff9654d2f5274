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
        IReadOnlyList<ReadOnlyMemory<byte>> environment)
    {
        using var strings = new ExecStrings(path, arguments, environment);
        _ = Libc.execve(strings.Path, strings.Arguments, strings.Environment);
        return Marshal.GetLastPInvokeError();
    }
}
