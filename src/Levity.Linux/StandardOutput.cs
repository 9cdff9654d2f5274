using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>Descriptor 1 of this process.</summary>
public static class StandardOutput
{
    /// <summary>
    /// Lets go of whatever standard output was, by making it /dev/null: whoever reads the other end sees the end of the
    /// stream, and the number stays taken, so that no file of ours can become standard output.
    /// </summary>
    /// <exception cref="LinuxException">open(2) or dup2(2).</exception>
    public static void ReplaceByNull()
    {
        using var nothing = DevNull.OpenRead();
        if (Libc.dup2(nothing, 1) == -1)
        {
            throw new LinuxException("dup2", Marshal.GetLastPInvokeError());
        }
    }
}
