namespace Levity.Processes.Tests.Fixtures;

/// <summary>A task in a containment, as a supervisor has it.</summary>
internal sealed class ContainedTask : IDisposable
{
    private readonly StartedProcess _leader;

    private ContainedTask(string taskId, StartedProcess leader, Containment containment)
    {
        TaskId = taskId;
        _leader = leader;
        Containment = containment;
    }

    public string TaskId { get; }

    public Containment Containment { get; }

    public int Pid => _leader.Pid;

    public static ContainedTask Start(ContainmentRoot root, ProcessSpec spec)
    {
        var taskId = Guid.NewGuid().ToString();
        var containment = root.Create(taskId);
        var leader = StartedProcess.Start(spec.With($"LEVITY_TASK_ID={taskId}"));
        containment.Adopt(leader.Pid);
        return new ContainedTask(taskId, leader, containment);
    }

    public string ReadLine() => _leader.ReadLine();

    /// <summary>Reads lines with a process number each, and takes hold of the processes.</summary>
    public List<WatchedProcess> ReadProcesses(int count = 1) =>
        [.. Enumerable.Range(0, count).Select(_ => new WatchedProcess(int.Parse(ReadLine(), null)))];

    public void WaitUntilLeaderEnded() => _leader.WaitUntilEnded();

    public ExitOutcome WaitForLeader() => _leader.WaitForEnd();

    /// <summary>Waits for the leader's end, kills what it left, reaps it, and waits until nobody is there.</summary>
    /// <returns>How many it left.</returns>
    public int EndAfterLeader()
    {
        _leader.WaitUntilEnded();
        var killed = Containment.IsEmpty ? 0 : Containment.KillAll();
        _leader.WaitForEnd();
        KillUntilEmpty();
        return killed;
    }

    /// <summary>
    /// Kills again and again: somebody who forks all the time may have got away with it the first time.
    /// </summary>
    public void KillUntilEmpty() =>
        Patience.Until(() => Containment.IsEmpty || Containment.KillAll() < 0, "somebody is left");

    public void WaitUntilEmpty() => Patience.Until(() => Containment.IsEmpty, "somebody is left");

    public void Dispose()
    {
        Containment.KillAll();
        _leader.Dispose();
        KillUntilEmpty();
        Containment.Dispose();
        Orphans.Reap();
    }
}
