using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Supervision;

/// <summary>The program that owns the processes, as levityd sees it: a peer that may be away for a while.</summary>
internal interface ISupervisor
{
    /// <summary>How it keeps tasks together, as its <see cref="Welcome"/> says; null while the connection is down.</summary>
    string? Containment { get; }

    /// <summary>
    /// Executes a command: the answer is <see cref="ChildStarted"/> or <see cref="Failure"/>.
    /// Throws <see cref="SupervisorUnavailableException"/> when the connection is down or breaks under the call; the
    /// child may have been started then, which the next <see cref="Welcome"/> tells.
    /// </summary>
    Task<Reply> StartChildAsync(StartChild request, CancellationToken cancellationToken);

    /// <summary>Asks a child to stop. Throws <see cref="SupervisorUnavailableException"/>.</summary>
    Task StopChildAsync(StopChild request, CancellationToken cancellationToken);

    /// <summary>
    /// Sends one signal: null when it was sent, otherwise why not. Throws <see cref="SupervisorUnavailableException"/>.
    /// </summary>
    Task<Failure?> SignalChildAsync(SignalChild request, CancellationToken cancellationToken);

    /// <summary>
    /// Gives an end to the log of a task that has no supervisor. Throws <see cref="SupervisorUnavailableException"/>.
    /// </summary>
    Task<Reply> SealLogAsync(SealLog request, CancellationToken cancellationToken);

    /// <summary>
    /// What children use: the answer is <see cref="ChildrenMeasured"/> or <see cref="Failure"/>. About
    /// <see cref="ControlProtocol.MostMeasured"/> at most. Throws <see cref="SupervisorUnavailableException"/>.
    /// </summary>
    Task<Reply> MeasureChildrenAsync(MeasureChildren request, CancellationToken cancellationToken);

    /// <summary>
    /// Gives a child some of its input: the answer is <see cref="InputTaken"/> or <see cref="Failure"/>, as soon as some was
    /// taken or can be. Throws <see cref="SupervisorUnavailableException"/>; the same can be sent again then.
    /// </summary>
    Task<Reply> WriteInputAsync(WriteInput request, CancellationToken cancellationToken);

    /// <summary>Tells a child the size of its terminal. Throws <see cref="SupervisorUnavailableException"/>.</summary>
    Task<Reply> ResizeTerminalAsync(ResizeTerminal request, CancellationToken cancellationToken);

    /// <summary>The ending is on record. Not answered: one that gets lost is told again.</summary>
    void ForgetChild(string taskId);

    /// <summary>
    /// Asks for one <see cref="LogGrown"/>. Lost when the connection is down: ask again after the next one stands.
    /// </summary>
    void WatchLog(string taskId, ulong cursor);
}

/// <summary>
/// What the supervisor tells unasked. Called by the connection's one reader, in order: do not wait in here.
/// </summary>
internal interface ISupervisorEvents
{
    /// <summary>A connection stands, and requests may be made.</summary>
    void Connected(Welcome welcome);

    /// <summary>A child ended. Delivered at least once, in any order with the answer to its start.</summary>
    void ChildEnded(ChildEnded ended);

    /// <summary>What the supervisor says of a live child has changed by itself.</summary>
    void ChildChanged(LiveChild child);

    /// <summary>A watched log grew, or got its end.</summary>
    void LogGrown(LogGrown grown);
}

/// <summary>The supervisor cannot be reached just now.</summary>
internal sealed class SupervisorUnavailableException(string message, Exception? inner = null)
    : IOException(message, inner);
