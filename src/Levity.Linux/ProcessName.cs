using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>The name that the kernel has for a thread, and so for its process: the next exec gives another one.</summary>
public static unsafe class ProcessName
{
    /// <summary>TASK_COMM_LEN without the NUL: what is longer is cut.</summary>
    public const int Longest = 15;

    /// <summary>Names the calling thread: PR_SET_NAME(2const).</summary>
    /// <exception cref="LinuxException">prctl(2).</exception>
    public static void Set(string name)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(name + '\0');
        fixed (byte* start = bytes)
        {
            if (Libc.prctl(Libc.PR_SET_NAME, (nuint)start, 0, 0, 0) == -1)
            {
                throw new LinuxException("prctl", Marshal.GetLastPInvokeError(), nameof(Libc.PR_SET_NAME));
            }
        }
    }
}
