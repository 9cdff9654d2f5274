using System.Diagnostics.CodeAnalysis;

namespace Levity.Supervisor.Children;

/// <summary>When the grace of which child ends. On the monotonic clock: a clock that jumps moves no deadline.</summary>
internal sealed class StopDeadlines(TimeProvider time)
{
    private readonly PriorityQueue<Child, long> _deadlines = new();

    /// <summary>All of them, by <see cref="TimeProvider.GetTimestamp"/>: on Linux nanoseconds of CLOCK_MONOTONIC.</summary>
    public IEnumerable<(Child Child, long Timestamp)> All => _deadlines.UnorderedItems;

    public void Add(Child child, TimeSpan grace) =>
        Add(child, time.GetTimestamp() + (long)(grace.TotalSeconds * time.TimestampFrequency));

    public void Add(Child child, long timestamp) => _deadlines.Enqueue(child, timestamp);

    /// <summary>Milliseconds until the next one, rounded up; -1 when there is none.</summary>
    public int NextInMilliseconds()
    {
        if (!_deadlines.TryPeek(out _, out var deadline))
        {
            return -1;
        }

        var remaining = time.GetElapsedTime(time.GetTimestamp(), deadline);
        return remaining <= TimeSpan.Zero ? 0 : (int)Math.Ceiling(Math.Min(remaining.TotalMilliseconds, int.MaxValue));
    }

    public bool TryTakeDue([NotNullWhen(true)] out Child? child)
    {
        var due = _deadlines.TryPeek(out child, out var deadline) && deadline <= time.GetTimestamp();
        if (due)
        {
            _deadlines.Dequeue();
        }

        return due;
    }
}
