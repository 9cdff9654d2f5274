using System.Diagnostics.CodeAnalysis;
using Levity.Linux;
using Levity.Processes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Supervisor.Children;

/// <summary>
/// Attempts that a launcher starts, of other users or with limits of their own, from that start until it is known whether
/// the command was executed. They are not under way yet: nobody has been told of them, and when it fails nothing of them is
/// left. Nothing waits here, as a launcher can be held up by the user that it has become. Only the supervisor's loop touches
/// it.
/// </summary>
internal sealed class ChildLaunches(WorkQueue work, TimeProvider time)
{
    // A launcher takes milliseconds; on a machine that is out of breath, seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<int, ChildLaunch> _byPid = [];
    private readonly ChildDeadlines _deadlines = new(time);

    public IReadOnlyCollection<ChildLaunch> All => _byPid.Values;

    public int NextInMilliseconds() => _deadlines.NextInMilliseconds();

    /// <param name="child">Whose it is.</param>
    /// <param name="attempt">With its launch.</param>
    /// <param name="known">Told the attempt, when its command was executed; otherwise why not.</param>
    public void Begin(Child child, Attempt attempt, Action<Attempt?, Failure?> known)
    {
        var launch = new ChildLaunch(child, attempt, known);
        _byPid.Add(attempt.Pid, launch);
        _deadlines.Set(child, Patience);
        try
        {
            launch.WatchKey = work.Watch(attempt.Launch!.Report, EpollEvents.In, () => Look(launch));
        }
        catch (LinuxException)
        {
            GiveUp(launch);
        }
    }

    public bool TryFind(int pid, [NotNullWhen(true)] out ChildLaunch? launch) => _byPid.TryGetValue(pid, out launch);

    public bool TryFind(TaskId task, [NotNullWhen(true)] out ChildLaunch? launch)
    {
        launch = _byPid.Values.FirstOrDefault(launch => launch.Child.Task == task);
        return launch is not null;
    }

    /// <summary>Its process has ended and was not reaped: one whose command was not executed is, here.</summary>
    /// <returns>Whether the command was executed; then it is a child like others now.</returns>
    /// <exception cref="LinuxException">Nobody knows yet: EMFILE, ENOMEM.</exception>
    public bool End(ChildLaunch launch)
    {
        if (launch.Attempt.Launch!.Look(hasEnded: true) is not { Failure: { } failure })
        {
            Executed(launch);
            return true;
        }

        // A launcher starts nobody. It is for the containment, which goes by the number no more.
        launch.Attempt.Containment.KillAll();
        ChildReaper.Reap(launch.Attempt.Pid);
        Remove(launch);
        launch.Attempt.Dispose();
        launch.Tell(null, ChildStarter.FailureOf(launch.GivenUp ? TooLate(failure) : failure));
        return false;
    }

    public void GiveUpOverdue()
    {
        while (_deadlines.TryTakeDue(out var child))
        {
            GiveUp(child);
        }
    }

    /// <summary>Its command is not to be executed any more, if it is being launched.</summary>
    public void GiveUp(Child child)
    {
        if (_byPid.Values.FirstOrDefault(launch => launch.Child == child) is { } launch)
        {
            GiveUp(launch);
        }
    }

    public void GiveUpAll()
    {
        foreach (var launch in _byPid.Values)
        {
            GiveUp(launch);
        }
    }

    // It is known when it has ended.
    private void GiveUp(ChildLaunch launch)
    {
        try
        {
            launch.GivenUp = true;
            launch.Attempt.Containment.KillAll();
        }
        catch (LinuxException)
        {
            _deadlines.Set(launch.Child, Patience);
        }
    }

    private void Look(ChildLaunch launch)
    {
        if (launch.Attempt.Launch!.Look(hasEnded: false) is not null)
        {
            Executed(launch);
        }
        else if (launch.Attempt.Launch.IsAtEnd)
        {
            // It has failed, or is about to have ended: then more is known.
            work.Unwatch(launch.Attempt.Launch.Report, launch.WatchKey);
        }
    }

    private void Executed(ChildLaunch launch)
    {
        Remove(launch);
        launch.Attempt.Launch!.Dispose();
        launch.Tell(launch.Attempt, null);
    }

    private void Remove(ChildLaunch launch)
    {
        _byPid.Remove(launch.Attempt.Pid);
        _deadlines.Remove(launch.Child);
        work.Unwatch(launch.Attempt.Launch!.Report, launch.WatchKey);
    }

    private static LaunchFailure TooLate(LaunchFailure failure) => failure with
    {
        Message = $"the command was not executed within {Patience.TotalSeconds:0} s, and is not going to be: its user's "
            + $"processes may have stopped it, or its files may be on a file system that does not answer ({failure.Message})",
    };
}

/// <summary>One of them.</summary>
internal sealed class ChildLaunch(Child child, Attempt attempt, Action<Attempt?, Failure?> known)
{
    private readonly List<Action> _afterwards = [];

    public Child Child => child;

    public Attempt Attempt => attempt;

    public ulong WatchKey { get; set; }

    public bool GivenUp { get; set; }

    /// <summary>Has something done once it is known.</summary>
    public void Afterwards(Action action) => _afterwards.Add(action);

    public void Tell(Attempt? executed, Failure? failure)
    {
        known(executed, failure);
        _afterwards.ForEach(action => action());
    }
}
