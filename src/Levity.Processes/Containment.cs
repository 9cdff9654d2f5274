namespace Levity.Processes;

/// <summary>
/// Keeps the processes of one task together, so that they can be signalled and ended as one. Used by one thread, the
/// one
/// that starts and reaps children.
/// </summary>
public abstract class Containment : IDisposable
{
    /// <summary>
    /// Sets limits for all that the task's processes will use together; before the first of them is started. That one has
    /// to enter by itself, before it does anything else: by writing 0 to each of <paramref name="entries"/>. Whoever
    /// was moved by others could have started some in between.
    /// </summary>
    /// <returns>Why that cannot be done here; null when it is done.</returns>
    public abstract string? Limit(ResourceLimits limits, out IReadOnlyList<string> entries);

    /// <summary>
    /// True when no process of the task is alive, which then stays so. When the leader has ended, look at this before
    /// it is reaped, and call <see cref="KillAll"/> if it is false: then the leader's number still means the leader.
    /// </summary>
    /// <exception cref="Linux.LinuxException">The kernel did not tell: EMFILE, ENOMEM.</exception>
    public abstract bool IsEmpty { get; }

    /// <summary>
    /// Takes in the task's first process, right after its start, with all that it may have started since. It may have
    /// ended already, but has not been reaped.
    /// </summary>
    public abstract void Adopt(int leaderPid);

    /// <summary>Sends a signal to every process of the task.</summary>
    /// <param name="signo">The signal.</param>
    /// <param name="wakes">Sends SIGCONT after it, so that stopped ones can act.</param>
    /// <exception cref="Linux.LinuxException">EMFILE, ENOMEM; EINVAL for a number that is no signal.</exception>
    public abstract void Signal(int signo, bool wakes);

    /// <summary>
    /// Sends SIGKILL to every process of the task; nothing that they do can bring forth new ones. Does not wait for
    /// their end. May be called again.
    /// </summary>
    /// <returns>How many live processes got it that had not got it before.</returns>
    /// <exception cref="Linux.LinuxException">EMFILE, ENOMEM: call it again.</exception>
    public abstract int KillAll();

    /// <summary>For <see cref="ContainmentRoot.Restore"/>; the root is paused.</summary>
    public abstract ContainmentState Save();

    /// <summary>
    /// Whether the kernel has killed one of its processes for lack of memory; null when nobody knows. To be asked when
    /// the task is over, and before it is forgotten.
    /// </summary>
    public virtual bool? OutOfMemory => null;

    /// <summary>Limits were set for it.</summary>
    public virtual bool IsLimited => false;

    /// <summary>What is told of its limits, when it is over, and before it is forgotten.</summary>
    public virtual LimitUsage LimitUsage => default;

    /// <summary>Forgets the task. What was made for it is removed as soon as it is empty.</summary>
    public abstract void Dispose();
}
