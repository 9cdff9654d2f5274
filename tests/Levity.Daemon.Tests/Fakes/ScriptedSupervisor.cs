using Levity.Daemon.Supervision;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Fakes;

/// <summary>A supervisor that answers as the test says, and well when it says nothing.</summary>
internal sealed class ScriptedSupervisor(Journal journal) : ISupervisor
{
    public string? Containment { get; set; } = "cgroup";

    public Func<StartChild, Task<Reply>> OnStart { get; set; } = _ => Task.FromResult(Started());

    public Func<StopChild, Task> OnStop { get; set; } = _ => Task.CompletedTask;

    public Func<SignalChild, Failure?> OnSignal { get; set; } = _ => null;

    public Func<SealLog, Task<Reply>> OnSeal { get; set; } =
        request => Task.FromResult(new Reply { ChildEnded = request.Ending });

    public Func<MeasureChildren, Task<Reply>> OnMeasure { get; set; } =
        _ => Task.FromResult(new Reply { ChildrenMeasured = new ChildrenMeasured() });

    public Func<WriteInput, Task<Reply>> OnWrite { get; set; } = request => Task.FromResult(new Reply
    {
        InputTaken = new InputTaken { Taken = request.Offset + (ulong)request.Data.Length, Closed = request.End },
    });

    /// <summary>The last of each, for a closer look.</summary>
    public StartChild? LastStart { get; private set; }

    public StopChild? LastStop { get; private set; }

    public SignalChild? LastSignal { get; private set; }

    public SealLog? LastSeal { get; private set; }

    public static Reply Started() => new() { ChildStarted = new ChildStarted { Pid = 4242, StartedAtUnixNs = 1 } };

    public static Reply Failed(Failure.Types.Kind kind, string message = "as the script says") =>
        new() { Failure = new Failure { Kind = kind, Message = message } };

    public static SupervisorUnavailableException Unavailable() => new("broken by the script");

    public async Task<Reply> StartChildAsync(StartChild request, CancellationToken cancellationToken)
    {
        LastStart = request;
        journal.Add($"start {request.TaskId}");
        return await OnStart(request);
    }

    public async Task StopChildAsync(StopChild request, CancellationToken cancellationToken)
    {
        LastStop = request;
        journal.Add($"stop {request.TaskId}");
        await OnStop(request);
    }

    public Task<Failure?> SignalChildAsync(SignalChild request, CancellationToken cancellationToken)
    {
        LastSignal = request;
        journal.Add($"signal {request.TaskId}");
        return Task.FromResult(OnSignal(request));
    }

    public async Task<Reply> SealLogAsync(SealLog request, CancellationToken cancellationToken)
    {
        LastSeal = request;
        journal.Add($"seal {request.TaskId}");
        return await OnSeal(request);
    }

    public Task<Reply> MeasureChildrenAsync(MeasureChildren request, CancellationToken cancellationToken) => OnMeasure(request);

    public Task<Reply> WriteInputAsync(WriteInput request, CancellationToken cancellationToken)
    {
        journal.Add($"write {request.TaskId} {request.Offset} {request.Data.ToStringUtf8()}{(request.End ? " end" : "")}");
        return OnWrite(request).WaitAsync(cancellationToken);
    }

    public Task<Reply> ResizeTerminalAsync(ResizeTerminal request, CancellationToken cancellationToken)
    {
        journal.Add($"resize {request.TaskId} {request.Size.Rows}x{request.Size.Columns}");
        return Task.FromResult(new Reply { Done = new() });
    }

    public void ForgetChild(string taskId) => journal.Add($"forget {taskId}");

    public void WatchLog(string taskId, ulong cursor) => journal.Add($"watch {taskId} {cursor}");
}
