using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Levity.Daemon.Tests.Fakes;

/// <summary>A clock that the test moves, and that tells when somebody has begun to wait for it.</summary>
internal sealed class WatchedTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>The length of the next timer that nobody has been told of.</summary>
    public Task<TimeSpan> NextTimerAsync() =>
        Soon.Async(_timers.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask());

    /// <summary>By how much the wall clock was put forward, or back; the monotonic one is not.</summary>
    public TimeSpan WallShift { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + WallShift;

    // The base asks GetUtcNow.
    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _timers.Writer.TryWrite(dueTime);
        return timer;
    }
}
