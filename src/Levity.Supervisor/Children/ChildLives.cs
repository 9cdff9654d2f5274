using Levity.Linux;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Control;
using Levity.Supervisor.Output;
using Levity.Supervisor.State;

namespace Levity.Supervisor.Children;

/// <summary>
/// Moves the children through their lives: started (those of other users, or with limits: launched, and then known to have been executed) →
/// the leader ends and what is left of the task is killed → (one that has failed and is to be retried waits, and is started
/// again) → its pipes are drained and its log is sealed → levityd is told → levityd has it on record, and it is forgotten.
/// Only the supervisor's loop touches it.
/// </summary>
internal sealed class ChildLives
{
    private readonly ChildStarter _starter;
    private readonly OutputLoop _output;
    private readonly WorkQueue _work;
    private readonly ExitWatcher _exits;
    private readonly LevitydPeer _levityd;
    private readonly TimeProvider _time;
    private readonly SupervisorLog _log;
    private readonly ChildLaunches _launches;
    private readonly ChildReaping _reaping;

    // When the grace of those that are being stopped is over, and when others have run for their timeout.
    private readonly ChildDeadlines _graces;
    private readonly ChildDeadlines _timeouts;

    // When those that have failed are executed again.
    private readonly ChildDeadlines _retries;

    public ChildLives(
        ChildStarter starter,
        OutputLoop output,
        WorkQueue work,
        ExitWatcher exits,
        LevitydPeer levityd,
        TimeProvider time,
        SupervisorLog log)
    {
        (_starter, _output, _work, _exits, _levityd, _time, _log) = (starter, output, work, exits, levityd, time, log);
        (_graces, _timeouts, _retries) = (new(time), new(time), new(time));
        _launches = new ChildLaunches(work, time);
        _reaping = new ChildReaping(Children, _launches, exits, RetryOrFinish, time, log);
    }

    public ChildTable Children { get; } = new();

    /// <summary>All were told to stop, and no new ones are started.</summary>
    public bool IsStopping { get; private set; }

    public bool IsOver => IsStopping && Children.Live.Count == 0 && _launches.All.Count == 0;

    public int MillisecondsToNextStep => Sooner(MillisecondsToNextEnd, _retries.NextInMilliseconds());

    private int MillisecondsToNextEnd => Sooner(
        Sooner(_reaping.NextInMilliseconds(), _launches.NextInMilliseconds()),
        Sooner(_graces.NextInMilliseconds(), _timeouts.NextInMilliseconds()));

    /// <param name="task">Its id.</param>
    /// <param name="request">What to start.</param>
    /// <param name="known">
    /// Told the child, or why there is none; then nothing of it is left. Before this returns, but for one that needs a launcher.
    /// </param>
    public void Start(TaskId task, StartChild request, Action<Child?, Failure?> known)
    {
        Failpoints.Pass(Failpoint.StartReceived);
        var (child, failure) = _starter.Start(task, request);
        if (child is null)
        {
            known(null, failure);
        }
        else
        {
            WhenExecuted(child, child.Attempt!, Known);
        }

        // Also for what could be started and not be contained.
        _exits.LookAgain();

        void Known(Attempt? executed, Failure? failure)
        {
            if (executed is null)
            {
                _starter.Undo(child);
                known(null, failure);
                return;
            }

            Children.Add(child);
            _output.Add(child.Output);
            if (child.Bounds.Timeout is { } timeout)
            {
                _timeouts.Set(child, timeout);
            }

            known(child, null);
        }
    }

    /// <summary>
    /// Has something done when it is known whether the task's command was executed; false when that is known already, or
    /// there is no such task.
    /// </summary>
    public bool WhenKnown(TaskId task, Action action)
    {
        if (!_launches.TryFind(task, out var launch))
        {
            return false;
        }

        launch.Afterwards(action);
        return true;
    }

    /// <summary>
    /// Works until it is known of all that are being launched now whether their commands were executed. None is executed again
    /// meanwhile.
    /// </summary>
    public void FinishLaunches()
    {
        foreach (var launch in _launches.All.ToList())
        {
            while (_launches.All.Contains(launch))
            {
                _work.Run(MillisecondsToNextEnd);
                EndOverdue();
                FinishEmptied();
            }
        }
    }

    /// <summary>Goes on with a child that another program of this process has started.</summary>
    public void Restore(Child child, HandedChild handed)
    {
        Children.Add(child);
        _output.Add(child.Output);
        if (handed.HasTimeoutDeadlineNs)
        {
            _timeouts.Set(child, handed.TimeoutDeadlineNs);
        }

        if (handed.HasStopDeadlineNs)
        {
            _graces.Set(child, handed.StopDeadlineNs);
        }

        if (handed.Retry is { HasNextAttemptDeadlineNs: true } retry)
        {
            _retries.Set(child, retry.NextAttemptDeadlineNs);
        }
        else if (child.LeaderEnded)
        {
            _reaping.WhenEmpty(child);
        }
    }

    /// <summary>What has to be known of it to go on: the counterpart of <see cref="Restore"/>.</summary>
    public HandedChild Save(Child child)
    {
        var handed = child.ToHandedChild();
        if (_graces.Find(child) is { } grace)
        {
            handed.StopDeadlineNs = grace;
        }

        if (_timeouts.Find(child) is { } timeout)
        {
            handed.TimeoutDeadlineNs = timeout;
        }

        if (_retries.Find(child) is { } retry)
        {
            handed.Retry.NextAttemptDeadlineNs = retry;
        }

        return handed;
    }

    /// <summary>
    /// The first to ask has it stopped; asking again can only shorten the grace. One that has failed is not executed again
    /// then.
    /// </summary>
    public void Stop(Child child, TimeSpan grace, string requestedBy)
    {
        if (IsEnding(child) || grace >= child.Grace)
        {
            return;
        }

        if (!child.LeaderEnded && !child.StopRequested)
        {
            child.Attempt!.Containment.Signal(child.Bounds.StopSignal, wakes: true);
        }

        child.RequestStop(requestedBy, grace);
        if (!child.LeaderEnded)
        {
            _graces.Set(child, grace);
        }
        else if (_retries.Remove(child))
        {
            _reaping.WhenEmpty(child);
        }
        else
        {
            // If it is launched just now. Otherwise it is seen when nothing of the last attempt is left.
            _launches.GiveUp(child);
        }
    }

    /// <summary>Sends one signal, to all of its processes or to the first one only.</summary>
    /// <returns>False when there is no process to get it.</returns>
    /// <exception cref="LinuxException">EMFILE, ENOMEM; EINVAL for a number that is no signal.</exception>
    public bool Signal(Child child, int signo, bool tree)
    {
        // The news of its end may be on its way.
        ReapAll();
        if (child.LeaderEnded)
        {
            return false;
        }

        if (tree)
        {
            child.Attempt!.Containment.Signal(signo, wakes: false);
            return true;
        }

        // Not reaped, which only this thread does: the number is still its own.
        using var leader = PidFd.TryOpen(child.Attempt!.Pid);
        return leader is not null && leader.TrySignal(signo);
    }

    public void StopAll(TimeSpan grace)
    {
        IsStopping = true;
        _launches.GiveUpAll();
        foreach (var child in Children.Live)
        {
            Stop(child, grace, "levity-supervisor stop");
        }
    }

    public void ActOnDeadlines()
    {
        EndOverdue();
        while (_retries.TryTakeDue(out var child))
        {
            StartAgain(child);
        }
    }

    /// <summary>Waits for all children that have ended; for those that it cannot now, a little later.</summary>
    public void ReapAll() => _reaping.ReapAll();

    /// <summary>Looks after those of which something is left.</summary>
    public void FinishEmptied() => _reaping.FinishEmptied();

    // Its last attempt is over: nothing can be changed any more.
    private static bool IsEnding(Child child) => child is { LeaderEnded: true, IsToBeRetried: false };

    private static int Sooner(int one, int other) => one < 0 ? other : other < 0 ? one : Math.Min(one, other);

    private void EndOverdue()
    {
        _launches.GiveUpOverdue();
        ActOn(_timeouts, TryStopAfterTimeout);
        ActOn(_graces, TryKillAfterGrace);
    }

    // What cannot be done now, for lack of memory or of descriptors, is tried a little later.
    private void ActOn(ChildDeadlines deadlines, Func<Child, bool> tryAct)
    {
        while (deadlines.TryTakeDue(out var child))
        {
            // The news may be on its way: what has ended by itself was neither stopped nor killed.
            ReapAll();
            if (_reaping.IsBehind || (!IsEnding(child) && !tryAct(child)))
            {
                deadlines.Set(child, ChildReaping.Recheck);
            }
        }
    }

    private bool TryStopAfterTimeout(Child child)
    {
        if (child.StopRequested)
        {
            return true;
        }

        try
        {
            Stop(child, child.Bounds.Grace, requestedBy: "");
        }
        catch (LinuxException)
        {
            return false;
        }

        child.TimedOut();
        _levityd.Tell(new Reply { ChildChanged = child.ToLiveChild() });
        return true;
    }

    private static bool TryKillAfterGrace(Child child)
    {
        try
        {
            child.KilledAfterGrace();
            child.CountKilled(child.Attempt!.Containment.KillAll());
            return true;
        }
        catch (LinuxException)
        {
            return false;
        }
    }

    // Nothing of the attempt is left.
    private void RetryOrFinish(Child child)
    {
        child.AttemptOver();
        _graces.Remove(child);
        if (!child.IsToBeRetried)
        {
            Finish(child);
            return;
        }

        var backoff = child.Retry!.BackoffAfter(child.Attempts);
        child.WaitUntil(UnixTime.Nanoseconds(_time) + (long)backoff.TotalNanoseconds);
        _retries.Set(child, backoff);
        _levityd.Tell(new Reply { ChildChanged = child.ToLiveChild() });
    }

    private void StartAgain(Child child)
    {
        var (attempt, failure) = _starter.StartAgain(child);
        if (attempt is null)
        {
            Known(null, failure);
        }
        else
        {
            WhenExecuted(child, attempt, Known);
        }

        _exits.LookAgain();

        void Known(Attempt? executed, Failure? failure)
        {
            if (executed is null)
            {
                // Of one that was asked to stop meanwhile it was given up.
                if (!child.StopRequested)
                {
                    child.CouldNotBegin(failure!);
                }

                RetryOrFinish(child);
                return;
            }

            child.Begin(executed);
            Children.AddLeader(child);
            _levityd.Tell(new Reply { ChildChanged = child.ToLiveChild() });
        }
    }

    // At once, but for one that needs a launcher.
    private void WhenExecuted(Child child, Attempt attempt, Action<Attempt?, Failure?> known)
    {
        if (attempt.Launch is null)
        {
            known(attempt, null);
        }
        else
        {
            _launches.Begin(child, attempt, known);
        }
    }

    private void Finish(Child child)
    {
        _timeouts.Remove(child);
        var ending = child.ToEnding();
        _output.Finish(child.Output, ending, () => _work.Post(() => Ended(child, ending)));
    }

    private void Ended(Child child, ChildEnded ending)
    {
        Children.End(child, ending);
        if (ending.LostLogBytes > 0)
        {
            _log.Write($"task {ending.TaskId}: {ending.LostLogBytes} bytes of its output could not be written");
        }

        Failpoints.Pass(Failpoint.ExitSealed);
        _levityd.Tell(new Reply { ChildEnded = ending });
        Failpoints.Pass(Failpoint.ExitTold);
    }
}
