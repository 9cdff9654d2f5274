using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>
/// Makes this process the parent of all descendants that lose theirs: PR_SET_CHILD_SUBREAPER(2const).
/// </summary>
public static class Subreaper
{
    /// <summary>From now on this process has to wait for orphans too, or they stay as zombies.</summary>
    /// <exception cref="LinuxException">prctl(2).</exception>
    public static void Enable()
    {
        if (Libc.prctl(Libc.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == -1)
        {
            throw new LinuxException("prctl", Marshal.GetLastPInvokeError(), "PR_SET_CHILD_SUBREAPER");
        }
    }
}
