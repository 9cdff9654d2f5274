using System.Collections.Concurrent;
using Google.Protobuf.WellKnownTypes;
using Levity.Linux;
using Levity.Processes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Control;
using Levity.Supervisor.Output;
using Levity.Supervisor.State;

namespace Levity.Supervisor.Children;

/// <summary>
/// Owns every child. One thread starts them, waits for them and ends them, so an exit is never seen before its start
/// is known, and nothing here needs a lock. What a child goes through: started → its leader ends and what is left of
/// it is killed → its pipes are drained and its log is sealed → levityd is told → levityd has it on record, and it is
/// forgotten.
/// </summary>
internal sealed class SupervisorLoop(
    ChildStarter starter, OutputLoop output, LostTasks lost, TimeProvider time, SupervisorLog log) : IControlHandler
{
    // How soon to look again whether killed processes are gone. It takes them a moment, and only for that moment.
    private const int EmptinessRecheckMs = 2;

    private readonly BlockingCollection<Action> _work = [];
    private readonly ChildTable _children = new();
    private readonly StopDeadlines _deadlines = new(time);
    private readonly List<Child> _emptying = [];
    private long _emptinessChecked;
    private ControlConnection? _levityd;
    private bool _stopping;

    /// <summary>Works until it was told to stop and no child is alive any more.</summary>
    public void Run()
    {
        while (!_stopping || _children.AnyAlive)
        {
            if (_work.TryTake(out var work, MillisecondsToNextStep()))
            {
                work();
            }

            KillOverdue();
            FinishEmptied();
        }
    }

    public void Handle(ControlConnection connection, Request request) =>
        _work.Add(() => HandleHere(connection, request));

    public void Closed(ControlConnection connection) =>
        _work.Add(() => _levityd = _levityd == connection ? null : _levityd);

    /// <summary>SIGCHLD came. It may stand for any number of exits.</summary>
    public void ChildrenExited() => _work.Add(ReapAll);

    /// <summary>Stops all children and then the loop.</summary>
    public void Stop(TimeSpan grace) => _work.Add(() => StopHere(grace));

    /// <summary>A watched log has grown. From the output loop's thread.</summary>
    public void LogGrown(LogGrown grown) => _work.Add(() => Tell(new Reply { LogGrown = grown }));

    private void HandleHere(ControlConnection connection, Request request)
    {
        Reply? answer;
        try
        {
            answer = Answer(connection, request);
        }
        catch (Exception e)
        {
            // The loop's edge: whatever went wrong with one request, the children of all others need this loop.
            log.Write($"{request.BodyCase} failed: {e}");
            answer = Fail(Failure.Types.Kind.Internal, e.Message);
        }

        if (answer is not null && request.Id != 0)
        {
            answer.Id = request.Id;
            connection.Post(answer);
        }
    }

    private Reply? Answer(ControlConnection connection, Request request) =>
        request.BodyCase switch
        {
            Request.BodyOneofCase.Hello => Welcome(connection, request.Hello),
            Request.BodyOneofCase.StartChild => StartChild(request.StartChild),
            Request.BodyOneofCase.StopChild => StopChild(request.StopChild),
            Request.BodyOneofCase.ForgetChild => ForgetChild(request.ForgetChild),
            Request.BodyOneofCase.WatchLog => WatchLog(request.WatchLog),
            Request.BodyOneofCase.SealLog => SealLog(request.SealLog),
            Request.BodyOneofCase.Shutdown => Shutdown(request.Shutdown),
            _ => Fail(Failure.Types.Kind.Internal, "an unknown request"),
        };

    private Reply Welcome(ControlConnection connection, Hello hello)
    {
        if (hello.ProtocolVersion != ControlProtocol.Version)
        {
            return Fail(
                Failure.Types.Kind.Version,
                $"levityd speaks version {hello.ProtocolVersion} of the control protocol, this supervisor version "
                + $"{ControlProtocol.Version}: stop its tasks with the levityd that started them, then start the new one");
        }

        // Of two levityds on one supervisor the newer one is meant; the state directory's lock lets only one be.
        _levityd?.Close();
        _levityd = connection;
        return new Reply
        {
            Welcome = new Welcome
            {
                ProtocolVersion = ControlProtocol.Version,
                Pid = Environment.ProcessId,
                Containment = starter.ContainmentKind,
                Live = { _children.All.Where(child => child.Ended is null).Select(child => child.ToLiveChild()) },
                Ended = { _children.All.Where(child => child.Ended is not null).Select(child => child.Ended) },
            },
        };
    }

    private Reply StartChild(StartChild request)
    {
        if (!TaskId.TryParse(request.TaskId, out var task))
        {
            return Fail(Failure.Types.Kind.Internal, "the task id is no task id");
        }

        if (_stopping)
        {
            return Fail(Failure.Types.Kind.Resources, "the supervisor is stopping");
        }

        Failpoints.Pass(Failpoint.StartReceived);
        var (child, failure) = starter.Start(task, request);
        if (child is null)
        {
            return new Reply { Failure = failure };
        }

        _children.Add(child);
        output.Add(child.Output);
        var live = child.ToLiveChild();
        return new Reply { ChildStarted = new ChildStarted { Pid = live.Pid, StartedAtUnixNs = live.StartedAtUnixNs } };
    }

    private Reply StopChild(StopChild request)
    {
        if (TaskId.TryParse(request.TaskId, out var task) && _children.TryFind(task, out var child))
        {
            Stop(child, TimeSpan.FromMilliseconds(request.GraceMs), request.RequestedBy);
        }

        return Done();
    }

    private Reply ForgetChild(ForgetChild request)
    {
        if (TaskId.TryParse(request.TaskId, out var task)
            && _children.TryFind(task, out var child)
            && child.Ended is not null)
        {
            _children.Remove(child);
            Failpoints.Pass(Failpoint.ExitForgotten);
        }

        return Done();
    }

    private Reply WatchLog(WatchLog request)
    {
        if (TaskId.TryParse(request.TaskId, out var task) && _children.TryFind(task, out var child))
        {
            if (child.Ended is null)
            {
                output.Watch(child.Output, request.Cursor);
            }
            else
            {
                Tell(new Reply { LogGrown = new LogGrown { TaskId = request.TaskId, Sealed = true } });
            }
        }

        return Done();
    }

    private Reply SealLog(SealLog request)
    {
        if (!TaskId.TryParse(request.TaskId, out var task) || _children.TryFind(task, out _))
        {
            return Fail(Failure.Types.Kind.Duplicate, "the task is here");
        }

        return lost.Settle(task, request.Ending);
    }

    private Reply? Shutdown(Shutdown request)
    {
        StopHere(TimeSpan.FromMilliseconds(request.GraceMs));
        return null;
    }

    private void StopHere(TimeSpan grace)
    {
        _stopping = true;
        foreach (var child in _children.All)
        {
            Stop(child, grace, "levity-supervisor stop");
        }
    }

    private void Stop(Child child, TimeSpan grace, string requestedBy)
    {
        if (child.LeaderEnded || grace >= child.Grace)
        {
            return;
        }

        if (!child.StopRequested)
        {
            child.Containment.Signal(Signals.SIGTERM);
        }

        child.RequestStop(requestedBy, grace);
        _deadlines.Add(child, grace);
    }

    private void KillOverdue()
    {
        while (_deadlines.TryTakeDue(out var child))
        {
            // Its SIGCHLD may be on its way: what has ended by itself was not killed.
            ReapAll();
            if (!child.LeaderEnded)
            {
                child.KilledAfterGrace();
                child.CountKilled(child.Containment.KillAll());
            }
        }
    }

    private void ReapAll()
    {
        while (ChildReaper.TryPeek(out var pid))
        {
            if (_children.TryTakeLeader(pid, out var child))
            {
                var endedAt = UnixTime.Nanoseconds(time);
                Failpoints.Pass(Failpoint.ExitSeen);

                // Before it is waited for: until then its number, and its group's, cannot be anybody else's.
                var alone = child.Containment.IsEmpty;
                child.CountKilled(alone ? 0 : child.Containment.KillAll());
                child.LeaderExited(ChildReaper.Reap(pid), endedAt);
                Failpoints.Pass(Failpoint.ExitReaped);
                if (alone)
                {
                    Finish(child);
                }
                else
                {
                    _emptying.Add(child);
                }
            }
            else
            {
                // Somebody's orphan that came to us as the subreaper.
                ChildReaper.Reap(pid);
            }
        }
    }

    // What was killed takes a moment to be gone. A process in an uninterruptible sleep takes longer, and its task with
    // it: a task is over when nothing of it is left.
    private void FinishEmptied()
    {
        if (_emptying.Count == 0 || time.GetElapsedTime(_emptinessChecked).TotalMilliseconds < EmptinessRecheckMs)
        {
            return;
        }

        _emptying.RemoveAll(child =>
        {
            var empty = child.Containment.IsEmpty;
            if (empty)
            {
                Finish(child);
            }
            else
            {
                child.Containment.KillAll();
            }

            return empty;
        });
        _emptinessChecked = time.GetTimestamp();
    }

    private void Finish(Child child)
    {
        var ending = child.ToEnding();
        output.Finish(child.Output, ending, () => _work.Add(() => Ended(child, ending)));
    }

    private void Ended(Child child, ChildEnded ending)
    {
        child.Containment.Dispose();
        child.Finish(ending);
        if (ending.LostLogBytes > 0)
        {
            log.Write($"task {ending.TaskId}: {ending.LostLogBytes} bytes of its output could not be written");
        }

        Failpoints.Pass(Failpoint.ExitSealed);
        Tell(new Reply { ChildEnded = ending });
        Failpoints.Pass(Failpoint.ExitTold);
    }

    private void Tell(Reply news) => _levityd?.Post(news);

    private int MillisecondsToNextStep() => _emptying.Count > 0 ? EmptinessRecheckMs : _deadlines.NextInMilliseconds();

    private static Reply Done() => new() { Done = new Empty() };

    private static Reply Fail(Failure.Types.Kind kind, string message) =>
        new() { Failure = new Failure { Kind = kind, Message = message } };
}
