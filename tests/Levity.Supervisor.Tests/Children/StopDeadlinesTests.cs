using Levity.Supervisor.Children;
using Microsoft.Extensions.Time.Testing;

namespace Levity.Supervisor.Tests.Children;

public sealed class StopDeadlinesTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Without_a_deadline_there_is_nothing_to_wait_for() =>
        Assert.Equal(-1, new StopDeadlines(_time).NextInMilliseconds());

    [Fact]
    public void A_deadline_is_due_when_its_grace_is_over_and_not_before()
    {
        var deadlines = new StopDeadlines(_time);
        deadlines.Add(null!, TimeSpan.FromMilliseconds(500));
        Assert.Equal(500, deadlines.NextInMilliseconds());

        _time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(deadlines.TryTakeDue(out _));

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, deadlines.NextInMilliseconds());
        Assert.True(deadlines.TryTakeDue(out _));
        Assert.Equal(-1, deadlines.NextInMilliseconds());
    }

    [Fact]
    public void A_wall_clock_that_jumps_moves_no_deadline()
    {
        var clock = new JumpingClock();
        var deadlines = new StopDeadlines(clock);
        deadlines.Add(null!, TimeSpan.FromSeconds(5));
        clock.Now = clock.Now.AddYears(1);
        Assert.False(deadlines.TryTakeDue(out _));
        Assert.Equal(5000, deadlines.NextInMilliseconds());
    }

    /// <summary>The wall clock is set by hand, the monotonic one stands still.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => 0;
    }
}
