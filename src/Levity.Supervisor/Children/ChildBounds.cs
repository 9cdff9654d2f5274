using Levity.Linux;
using Levity.Protocol.Supervisor;

namespace Levity.Supervisor.Children;

/// <summary>How a child is stopped, and when that happens by itself.</summary>
internal sealed record ChildBounds
{
    public static ChildBounds None { get; } = new();

    /// <summary>
    /// How long it may run; null without an end. Of one that was handed over the deadline is known, and this is not.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long it has to end after its timeout.</summary>
    public TimeSpan Grace { get; init; }

    /// <summary>What a stop begins with.</summary>
    public int StopSignal { get; init; } = Signals.SIGTERM;

    /// <summary>Nothing is lost when it is handed to a program that reads version 1 only.</summary>
    public bool AreOfVersion1 => this == None;

    public static ChildBounds Of(StartChild request) => new()
    {
        Timeout = request.TimeoutMs > 0 ? TimeSpan.FromMilliseconds(request.TimeoutMs) : null,
        Grace = TimeSpan.FromMilliseconds(request.GraceMs),
        StopSignal = SignalOf(request.StopSignal),
    };

    public static ChildBounds Of(HandedChild handed) => new()
    {
        Timeout = handed.HasTimeoutDeadlineNs ? System.Threading.Timeout.InfiniteTimeSpan : null,
        Grace = TimeSpan.FromMilliseconds(handed.GraceMs),
        StopSignal = SignalOf(handed.StopSignal),
    };

    private static int SignalOf(int stopSignal) => stopSignal == 0 ? Signals.SIGTERM : stopSignal;
}
