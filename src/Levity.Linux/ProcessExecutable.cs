using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>The program of a process: /proc/PID/exe of proc_pid_exe(5).</summary>
public static unsafe class ProcessExecutable
{
    /// <summary>Whether the process has one: not when it has ended, or is about to have and has given back its memory.</summary>
    public static bool Exists(int pid)
    {
        byte ignored;
        var length = Libc.readlink($"/proc/{pid}/exe", &ignored, 1);

        // EACCES is that of a program which gets privileges by its file, and which we are not to look at. There is one.
        return length >= 0 || Marshal.GetLastPInvokeError() == Errno.EACCES;
    }
}
