using Levity.Linux;

namespace Levity.Processes;

/// <summary>Keeps the processes of one task together, so that they can be signalled and ended as one. Not thread-safe.</summary>
public abstract class Containment : IDisposable
{
    /// <summary>
    /// Takes in the task's first process, right after its start and before another is started, with all that it may
    /// have started since. It may have ended already, but must not have been reaped.
    /// </summary>
    /// <exception cref="LinuxException">The process cannot be contained; it should be killed then.</exception>
    public abstract void Adopt(int leaderPid);

    /// <summary>Sends a signal to every process of the task, and SIGCONT after SIGTERM so that stopped ones can act.</summary>
    public abstract void Signal(int signo);

    /// <summary>
    /// Sends SIGKILL to every process of the task; nothing that it does can bring forth new ones. Does not wait for
    /// their end. When the leader has ended, call this before it is reaped.
    /// </summary>
    /// <returns>How many live processes there were; one that has ended does not count, reaped or not.</returns>
    public abstract int KillAll();

    /// <summary>True when no process of the task is alive.</summary>
    public abstract bool IsEmpty { get; }

    /// <summary>
    /// A descriptor that reports <see cref="EpollEvents.Priority"/> when <see cref="IsEmpty"/> may have changed; look
    /// at that after adding it. Null when nobody tells: then look from time to time. The caller closes it.
    /// </summary>
    public abstract SafeFileDescriptor? OpenEmptinessEvents();

    /// <summary>Forgets the task, and removes what was made for it once it is empty.</summary>
    public abstract void Dispose();
}
