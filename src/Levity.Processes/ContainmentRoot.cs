using Levity.Linux;
using Levity.Processes.Cgroups;
using Levity.Processes.Sessions;

namespace Levity.Processes;

/// <summary>
/// Makes containments, in the best way that this machine allows. One to a process, which it makes a subreaper and,
/// where
/// it can, moves into a control group. This process has no children then but those it makes containments for: what
/// turns
/// up otherwise is taken for an orphan of a task.
/// </summary>
public abstract class ContainmentRoot : IDisposable
{
    /// <summary>"cgroup" or "session".</summary>
    public abstract string Kind { get; }

    /// <summary>Which control group it is, or why there is none: for the log.</summary>
    public abstract string Description { get; }

    /// <summary>The control group that we came from, above our own; null without control groups.</summary>
    public abstract CgroupLocation? Origin { get; }

    /// <summary>Chooses control groups where they can be used, and sessions otherwise.</summary>
    /// <param name="name">
    /// The name of our control group, unique among live supervisors. A successor of the same name finds there what a
    /// dead predecessor left.
    /// </param>
    /// <param name="forceSession">True to do without control groups in any case.</param>
    /// <param name="time">The clock; the system's when it is not given.</param>
    public static ContainmentRoot Open(string name, bool forceSession = false, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        Subreaper.Enable();
        var obstacle = "control groups are not wanted";
        return forceSession || CgroupRoot.TryOpen(name, time, out obstacle) is not { } root
            ? new SessionRoot(obstacle, time)
            : root;
    }

    /// <summary>
    /// Goes on in the place of the program that executed this one, where that has put this process.
    /// </summary>
    /// <param name="name">The same that it had.</param>
    /// <param name="origin">Its <see cref="Origin"/>.</param>
    /// <param name="time">The clock; the system's when it is not given.</param>
    /// <exception cref="LinuxException">The control groups are not as they were.</exception>
    public static ContainmentRoot Reopen(string name, CgroupLocation? origin, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        return origin is null
            ? new SessionRoot("control groups could not be used before", time)
            : CgroupRoot.Reopen(origin, name, time);
    }

    /// <summary>Makes the containment of a task that is about to be started, or started again.</summary>
    /// <param name="taskId">
    /// Its id, unique and usable as a file's name. The task's environment has it as LEVITY_TASK_ID.
    /// </param>
    /// <param name="attempt">
    /// For which time it is started, from 1 on: each has a containment of its own, and that of the one before, which is
    /// empty, may be there still.
    /// </param>
    public abstract Containment Create(string taskId, int attempt = 1);

    /// <summary>Goes on with the containment of a task, from <see cref="Containment.Save"/>.</summary>
    public abstract Containment Restore(string taskId, int attempt, ContainmentState state);

    /// <summary>Removes what is left of tasks that were not restored: nothing of them is alive.</summary>
    public abstract void RemoveOthers(IEnumerable<(string TaskId, int Attempt)> restored);

    /// <summary>
    /// What tasks use now; null for those that are over, or not to be measured just now. By any thread, while others do
    /// with the containments what they want: none of it waits for the measuring.
    /// </summary>
    /// <exception cref="LinuxException">EMFILE, ENOMEM.</exception>
    public abstract IReadOnlyList<Measurement?> Measure(IReadOnlyList<Containment> tasks);

    /// <summary>Moves no process any more, until <see cref="Resume"/>.</summary>
    public abstract void Pause();

    public abstract void Resume();

    /// <summary>
    /// Kills all that a dead predecessor left, and waits a little for its end. To be called before the first start.
    /// </summary>
    /// <param name="isOurs">
    /// Whether a task of this id is ours: without control groups processes are known by their LEVITY_TASK_ID only, and
    /// there may be other supervisors.
    /// </param>
    /// <returns>How many processes were alive.</returns>
    /// <exception cref="LinuxException">EMFILE, ENOMEM.</exception>
    public abstract int KillLeftovers(Func<string, bool> isOurs);

    /// <summary>Leaves the control group, if there is one, and removes it if it is empty.</summary>
    public abstract void Dispose();
}
