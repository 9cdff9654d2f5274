using System.Diagnostics.CodeAnalysis;

namespace Levity.Supervisor.Children;

/// <summary>
/// When something is due for which child, one time each. On the monotonic clock: a clock that jumps moves no deadline.
/// </summary>
internal sealed class ChildDeadlines(TimeProvider time)
{
    private readonly SortedSet<Entry> _inOrder = [];
    private readonly Dictionary<Child, Entry> _byChild = [];
    private long _lastNumber;

    public void Set(Child child, TimeSpan after) =>
        Set(child, time.GetTimestamp() + (long)(after.TotalSeconds * time.TimestampFrequency));

    /// <summary>In the place of an earlier one.</summary>
    /// <param name="child">Whose it is.</param>
    /// <param name="timestamp">As <see cref="TimeProvider.GetTimestamp"/> has it: on Linux nanoseconds of CLOCK_MONOTONIC.</param>
    public void Set(Child child, long timestamp)
    {
        Remove(child);
        var entry = new Entry(timestamp, ++_lastNumber, child);
        _byChild.Add(child, entry);
        _inOrder.Add(entry);
    }

    /// <summary>False when there was none.</summary>
    public bool Remove(Child child) => _byChild.Remove(child, out var entry) && _inOrder.Remove(entry);

    /// <summary>Its timestamp; null when there is none.</summary>
    public long? Find(Child child) => _byChild.TryGetValue(child, out var entry) ? entry.Timestamp : null;

    /// <summary>Milliseconds until the next one, rounded up; -1 when there is none.</summary>
    public int NextInMilliseconds()
    {
        if (_inOrder.Count == 0)
        {
            return -1;
        }

        var remaining = time.GetElapsedTime(time.GetTimestamp(), _inOrder.Min.Timestamp);
        return remaining <= TimeSpan.Zero ? 0 : (int)Math.Ceiling(Math.Min(remaining.TotalMilliseconds, int.MaxValue));
    }

    public bool TryTakeDue([NotNullWhen(true)] out Child? child)
    {
        child = _inOrder.Count > 0 && _inOrder.Min is var next && next.Timestamp <= time.GetTimestamp() ? next.Child : null;
        return child is not null && Remove(child);
    }

    private readonly record struct Entry(long Timestamp, long Number, Child Child) : IComparable<Entry>
    {
        // No two have the same number.
        public int CompareTo(Entry other) => (Timestamp, Number).CompareTo((other.Timestamp, other.Number));
    }
}
