namespace Levity.Linux;

/// <summary>
/// What a program begins with that is to find nothing changed: all signals at their defaults, none held back. The
/// platform ignores and holds back some, which an exec would hand on: execve(2).
/// </summary>
public static unsafe class SignalDefaults
{
    private const int Last = 64;

    /// <summary>For the moment before <see cref="ProgramImage.Replace"/>, on the thread that calls it.</summary>
    /// <exception cref="LinuxException">pthread_sigmask(3).</exception>
    public static void Restore()
    {
        // SIGKILL, SIGSTOP and the two that the library keeps for itself fail, and are as they should be.
        for (var signo = 1; signo <= Last; signo++)
        {
            _ = Libc.signal(signo, Libc.SIG_DFL);
        }

        SignalMask.Clear();
    }
}
