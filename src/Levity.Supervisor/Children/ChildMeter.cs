using Levity.Linux;
using Levity.Processes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.State;

namespace Levity.Supervisor.Children;

/// <summary>
/// Measures what children use, on a thread of its own: a look at one takes the kernel a tenth of a millisecond, and the
/// loop has none to spare for some thousand of them. The thread is there from the first request on. What it touches of a
/// child never changes, but for its containment, which is made for that.
/// </summary>
internal sealed class ChildMeter(ContainmentRoot containments, TimeProvider time, SupervisorLog log)
{
    // However many ask, nobody is looked at more often than that.
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(200);

    // Guards the queue, and wakes the thread.
    private readonly object _gate = new();
    private readonly Queue<(IReadOnlyList<MeasuredAttempt> Children, Action<Reply> Measured)> _asked = new();
    private bool _isRunning;

    // The thread's own: what was measured since a time.
    private readonly Dictionary<TaskId, MeasuredChild> _recent = [];
    private long _recentSince;

    /// <summary>By the loop.</summary>
    /// <param name="children">Live ones.</param>
    /// <param name="measured">Told the answer, on another thread.</param>
    public void Measure(IReadOnlyList<MeasuredAttempt> children, Action<Reply> measured)
    {
        lock (_gate)
        {
            if (!_isRunning)
            {
                new Thread(Run) { Name = "meter", IsBackground = true }.Start();
                _isRunning = true;
            }

            _asked.Enqueue((children, measured));
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (true)
        {
            var (children, measured) = Next();
            try
            {
                measured(new Reply { ChildrenMeasured = new ChildrenMeasured { Children = { Measure(children) } } });
            }
            catch (Exception e)
            {
                // The thread's edge: the next one may be measured all the same.
                if (e is not LinuxException)
                {
                    log.Write($"measuring failed: {e}");
                }

                measured(new Reply { Failure = new Failure { Kind = Failure.Types.Kind.Resources, Message = e.Message } });
            }
        }
    }

    private (IReadOnlyList<MeasuredAttempt> Children, Action<Reply> Measured) Next()
    {
        lock (_gate)
        {
            while (_asked.Count == 0)
            {
                Monitor.Wait(_gate);
            }

            return _asked.Dequeue();
        }
    }

    private IEnumerable<MeasuredChild> Measure(IReadOnlyList<MeasuredAttempt> children)
    {
        if (time.GetElapsedTime(_recentSince) > Fresh)
        {
            _recent.Clear();
            _recentSince = time.GetTimestamp();
        }

        var others = children.Where(child => !_recent.ContainsKey(child.Task)).ToList();
        var now = others.Count == 0 ? [] : containments.Measure([.. others.Select(child => child.Containment)]);
        foreach (var (child, measurement) in others.Zip(now))
        {
            if (measurement is { } known)
            {
                _recent[child.Task] = MessageOf(child, known);
            }
        }

        return children.SelectMany(child => _recent.TryGetValue(child.Task, out var known) ? [known] : Array.Empty<MeasuredChild>());
    }

    private MeasuredChild MessageOf(MeasuredAttempt child, Measurement measurement)
    {
        var message = new MeasuredChild
        {
            TaskId = child.Task.ToString(),
            StartedAtUnixNs = child.StartedAt,
            MeasuredAtNs = (long)time.GetElapsedTime(0).TotalNanoseconds,
            UserTimeUs = child.UserTimeUsBefore + (long)measurement.User.TotalMicroseconds,
            SystemTimeUs = child.SystemTimeUsBefore + (long)measurement.System.TotalMicroseconds,
            Processes = measurement.Processes,
        };
        if (measurement.MemoryBytes is { } memory)
        {
            message.MemoryBytes = memory;
        }

        if (measurement.MemoryPeakBytes is { } peak)
        {
            message.MemoryPeakBytes = peak;
        }

        return message;
    }
}
