using Levity.Supervisor.Children;
using Microsoft.Extensions.Time.Testing;

namespace Levity.Supervisor.Tests.Children;

public sealed class ChildDeadlinesTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Without_a_deadline_there_is_nothing_to_wait_for() =>
        Assert.Equal(-1, new ChildDeadlines(_time).NextInMilliseconds());

    [Fact]
    public void A_deadline_is_due_when_its_grace_is_over_and_not_before()
    {
        var deadlines = new ChildDeadlines(_time);
        deadlines.Set(Child(), TimeSpan.FromMilliseconds(500));
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
        var deadlines = new ChildDeadlines(clock);
        deadlines.Set(Child(), TimeSpan.FromSeconds(5));
        clock.Now = clock.Now.AddYears(1);
        Assert.False(deadlines.TryTakeDue(out _));
        Assert.Equal(5000, deadlines.NextInMilliseconds());
    }

    [Fact]
    public void A_child_has_one_deadline_the_last_that_was_set_and_the_soonest_is_taken_first()
    {
        var deadlines = new ChildDeadlines(_time);
        var (one, other, third) = (Child(), Child(), Child());
        deadlines.Set(one, TimeSpan.FromSeconds(9));
        deadlines.Set(other, TimeSpan.FromSeconds(2));
        deadlines.Set(third, TimeSpan.FromSeconds(2));
        deadlines.Set(one, TimeSpan.FromSeconds(1));
        Assert.True(deadlines.Remove(third));
        Assert.False(deadlines.Remove(third));
        Assert.Null(deadlines.Find(third));
        Assert.Equal(1000, deadlines.NextInMilliseconds());

        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.True(deadlines.TryTakeDue(out var first) && first == one);
        Assert.True(deadlines.TryTakeDue(out var second) && second == other);
        Assert.False(deadlines.TryTakeDue(out _));
    }

    // Nobody looks into them.
    private static Child Child() => new(Protocol.TaskId.New(), 0, null!, null);

    /// <summary>The wall clock is set by hand, the monotonic one stands still.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => 0;
    }
}
