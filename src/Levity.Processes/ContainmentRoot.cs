namespace Levity.Processes;

/// <summary>
/// Makes containments, in the best way that this machine allows. One to a process: it may move the whole process into a
/// control group. Starting and adopting are done by one thread.
/// </summary>
public abstract class ContainmentRoot : IDisposable
{
    /// <summary>"cgroup" or "session".</summary>
    public abstract string Kind { get; }

    /// <summary>Which control group it is, or why there is none, for the log.</summary>
    public abstract string Description { get; }

    /// <summary>Chooses control groups where they can be used, and sessions otherwise.</summary>
    /// <param name="name">
    /// The name of our control group. A successor of the same name inherits what a dead predecessor left there, so it
    /// is unique among the live.
    /// </param>
    /// <param name="forceSession">True to do without control groups in any case.</param>
    public static ContainmentRoot Open(string name, bool forceSession = false) =>
        throw new NotImplementedException(name + forceSession);

    /// <summary>Makes the containment of a task that is about to be started.</summary>
    /// <param name="taskId">
    /// Its id, usable as a file's name. The task's environment must have it as LEVITY_TASK_ID.
    /// </param>
    /// <exception cref="Linux.LinuxException">mkdir(2): out of memory or of control groups.</exception>
    public abstract Containment Create(string taskId);

    /// <summary>
    /// Kills all that a dead predecessor left, and waits a little for its end. To be called before the first start.
    /// </summary>
    /// <param name="isOurs">
    /// Whether a task of this id is ours: without control groups, processes are known by their LEVITY_TASK_ID only, and
    /// there may be other supervisors.
    /// </param>
    /// <returns>How many processes were alive.</returns>
    public abstract int KillLeftovers(Func<string, bool> isOurs);

    /// <summary>Leaves the control group, if there is one, and removes it if it is empty.</summary>
    public abstract void Dispose();
}
