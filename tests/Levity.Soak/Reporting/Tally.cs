using System.Collections.Concurrent;

namespace Levity.Soak.Reporting;

/// <summary>What one scenario did and found. From any thread.</summary>
internal sealed class Tally(string scenario, Func<string, Task> say)
{
    // A fault of ours may break one promise thousands of times.
    private const int MostSaid = 20;

    private readonly ConcurrentQueue<string> _violations = new();
    private readonly ConcurrentQueue<string> _notes = new();
    private long _faults;
    private long _tasks;
    private long _bytes;

    public string Scenario => scenario;

    public long Faults => _faults;

    public long Tasks => _tasks;

    public long Bytes => _bytes;

    public TimeSpan Took { get; set; }

    /// <summary>What was measured and is no promise, or not on every machine.</summary>
    public IReadOnlyCollection<string> Notes => _notes;

    public IReadOnlyCollection<string> Violations => _violations;

    /// <summary>Why it was not run; null when it was.</summary>
    public string? Skipped { get; private set; }

    public void Skip(string reason) => Skipped = reason;

    public void Fault() => Interlocked.Increment(ref _faults);

    public void Task() => Interlocked.Increment(ref _tasks);

    /// <summary>So many bytes of logs were compared with what was written.</summary>
    public void Compared(long bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>Something that is worth to be known was measured.</summary>
    public void Note(string what)
    {
        _notes.Enqueue(what);
        say(what).Wait();
    }

    /// <summary>Something that is promised was not so.</summary>
    /// <param name="promise">I1 to I8 of docs/reliability.md; anything else for a scenario that broke off.</param>
    /// <param name="what">What, and of which task.</param>
    public void Violation(string promise, string what)
    {
        _violations.Enqueue($"{promise}: {what}");
        if (_violations.Count <= MostSaid)
        {
            say($"VIOLATION of {promise}: {what}").Wait();
        }
    }

    public override string ToString() =>
        $"{scenario}: {Faults} faults, {Tasks} tasks, {Bytes} bytes, {_violations.Count} violations, {Took.TotalSeconds:0} s";
}
