using Google.Protobuf.WellKnownTypes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Children;
using Levity.Supervisor.Input;
using Levity.Supervisor.Output;
using Levity.Supervisor.State;

namespace Levity.Supervisor.Control;

/// <summary>Answers requests, one after the other. Only the supervisor's loop touches it.</summary>
internal sealed class RequestHandler(
    ChildLives lives,
    OutputLoop output,
    LostTasks lost,
    LevitydPeer levityd,
    SupervisorUpgrade upgrade,
    ChildMeter meter,
    string containment,
    SupervisorLog log)
{
    public void Handle(ControlConnection connection, Request request)
    {
        try
        {
            Post(connection, request, Answer(connection, request));
        }
        catch (Exception e)
        {
            // The loop's edge: whatever went wrong with one request, the children of all others need this loop.
            log.Write($"{request.BodyCase} failed: {e}");
            Post(connection, request, Fail(Failure.Types.Kind.Internal, e.Message));
        }
    }

    private static void Post(ControlConnection connection, Request request, Reply? answer)
    {
        if (answer is not null && request.Id != 0)
        {
            answer.Id = request.Id;
            connection.Post(answer);
        }
    }

    // Null when it is answered later, or not at all.
    private Reply? Answer(ControlConnection connection, Request request) =>
        request.BodyCase switch
        {
            Request.BodyOneofCase.Hello => Welcome(connection, request.Hello),
            Request.BodyOneofCase.StartChild => StartChild(connection, request),
            Request.BodyOneofCase.StopChild => StopChild(request.StopChild),
            Request.BodyOneofCase.SignalChild => SignalChild(request.SignalChild),
            Request.BodyOneofCase.ForgetChild => ForgetChild(request.ForgetChild),
            Request.BodyOneofCase.WatchLog => WatchLog(request.WatchLog),
            Request.BodyOneofCase.SealLog => SealLog(connection, request),
            Request.BodyOneofCase.WriteInput => WriteInput(connection, request),
            Request.BodyOneofCase.ResizeTerminal => ResizeTerminal(request.ResizeTerminal),
            Request.BodyOneofCase.Shutdown => Shutdown(request.Shutdown),
            Request.BodyOneofCase.Upgrade => Upgrade(connection, request),
            Request.BodyOneofCase.MeasureChildren => MeasureChildren(connection, request),
            _ => Fail(Failure.Types.Kind.Internal, "an unknown request"),
        };

    private Reply Welcome(ControlConnection connection, Hello hello)
    {
        var theirs = VersionRange.Of(hello);
        if (ControlProtocol.Versions.NewestCommon(theirs) is not { } version)
        {
            return Fail(
                Failure.Types.Kind.Version,
                $"levityd speaks version {theirs} of the control protocol, this supervisor ({ThisBuild.Version}) version "
                + $"{ControlProtocol.Versions}: upgrade the older of the two (the supervisor by levity-supervisor upgrade), "
                + "or stop its tasks with the levityd that started them, then start the new one");
        }

        levityd.Replace(connection, theirs);
        return new Reply
        {
            Welcome = new Welcome
            {
                ProtocolVersion = version,
                ProgramVersion = ThisBuild.Version,
                Pid = Environment.ProcessId,
                Containment = containment,
                Live = { lives.Children.Live.Select(child => child.ToLiveChild()) },
                Ended = { lives.Children.Ended },
            },
        };
    }

    private Reply? StartChild(ControlConnection connection, Request request)
    {
        if (!TaskId.TryParse(request.StartChild.TaskId, out var task))
        {
            return Fail(Failure.Types.Kind.Internal, "the task id is no task id");
        }

        if (lives.IsStopping)
        {
            return Fail(Failure.Types.Kind.Resources, "the supervisor is stopping");
        }

        lives.Start(
            task,
            request.StartChild,
            (child, failure) => Post(
                connection, request, child is null ? new Reply { Failure = failure } : Started(child.ToLiveChild())));
        return null;
    }

    private static Reply Started(LiveChild live) =>
        new() { ChildStarted = new ChildStarted { Pid = live.Pid, StartedAtUnixNs = live.StartedAtUnixNs } };

    private Reply StopChild(StopChild request)
    {
        if (TaskId.TryParse(request.TaskId, out var task) && lives.Children.TryFindLive(task, out var child))
        {
            lives.Stop(child, TimeSpan.FromMilliseconds(request.GraceMs), request.RequestedBy);
        }

        return Done();
    }

    private Reply SignalChild(SignalChild request) =>
        TaskId.TryParse(request.TaskId, out var task)
        && lives.Children.TryFindLive(task, out var child)
        && lives.Signal(child, request.Signal, request.Tree)
            ? Done()
            : Fail(Failure.Types.Kind.NoProcess, "there is no process to be signalled");

    private Reply ForgetChild(ForgetChild request)
    {
        if (TaskId.TryParse(request.TaskId, out var task) && lives.Children.Forget(task))
        {
            Failpoints.Pass(Failpoint.ExitForgotten);
        }

        return Done();
    }

    private Reply WatchLog(WatchLog request)
    {
        if (!TaskId.TryParse(request.TaskId, out var task))
        {
            return Done();
        }

        if (lives.Children.TryFindLive(task, out var child))
        {
            output.Watch(child.Output, request.Cursor);
        }
        else if (lives.Children.HasEnded(task) && lost.IsSealed(task))
        {
            // Without a seal (a full disk) there is nothing to tell: who asks would find nothing and ask again at once.
            // levityd wakes them when it has the ending on record.
            levityd.Tell(new Reply { LogGrown = new LogGrown { TaskId = request.TaskId, Sealed = true } });
        }

        return Done();
    }

    private Reply? SealLog(ControlConnection connection, Request request)
    {
        if (!TaskId.TryParse(request.SealLog.TaskId, out var task))
        {
            return Fail(Failure.Types.Kind.Internal, "the task id is no task id");
        }

        // Neither here nor not here: in a moment it is one of the two.
        if (lives.WhenKnown(task, () => Handle(connection, request)))
        {
            return null;
        }

        if (lives.Children.TryFindLive(task, out _) || lives.Children.HasEnded(task))
        {
            return Fail(Failure.Types.Kind.Duplicate, "the task is here");
        }

        return lost.Settle(task, request.SealLog.Ending);
    }

    private Reply? MeasureChildren(ControlConnection connection, Request request)
    {
        var ids = request.MeasureChildren.TaskIds;
        if (ids.Count > ControlProtocol.MostMeasured)
        {
            return Fail(
                Failure.Types.Kind.Internal, $"{ids.Count} children at once, and at most {ControlProtocol.MostMeasured} can be");
        }

        meter.Measure(
            [.. ids.SelectMany(id => TaskId.TryParse(id, out var task) && lives.Children.TryFindLive(task, out var child)
                && child.ToMeasure() is { } attempt ? [attempt] : Array.Empty<MeasuredAttempt>())],
            measured => Post(connection, request, measured));
        return null;
    }

    private Reply? WriteInput(ControlConnection connection, Request request)
    {
        if (InputOf(request.WriteInput.TaskId) is not { } input)
        {
            return new Reply { InputTaken = new InputTaken { Closed = true } };
        }

        input.Write(request.WriteInput, taken => Post(connection, request, new Reply { InputTaken = taken }));
        return null;
    }

    private Reply ResizeTerminal(ResizeTerminal request)
    {
        if (request.Size is { } size)
        {
            InputOf(request.TaskId)?.Resize(ChildStreams.SizeOf(size));
        }

        return Done();
    }

    // None of a task that is over, or has none.
    private TaskInput? InputOf(string taskId) =>
        TaskId.TryParse(taskId, out var task) && lives.Children.TryFindLive(task, out var child) ? child.Input : null;

    private Reply? Shutdown(Shutdown request)
    {
        lives.StopAll(TimeSpan.FromMilliseconds(request.GraceMs));
        return null;
    }

    // Answered by the program that takes over.
    private Reply Upgrade(ControlConnection connection, Request request) => lives.IsStopping
        ? Fail(Failure.Types.Kind.Internal, "the supervisor is stopping")
        : new Reply { Failure = upgrade.Run(connection, request.Id, request.Upgrade) };

    private static Reply Done() => new() { Done = new Empty() };

    private static Reply Fail(Failure.Types.Kind kind, string message) =>
        new() { Failure = new Failure { Kind = kind, Message = message } };
}
