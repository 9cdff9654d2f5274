namespace Levity.Daemon.Tests.Fakes;

/// <summary>What the fakes were asked to do, in one order for all of them.</summary>
internal sealed class Journal
{
    // Guards the other three.
    private readonly Lock _gate = new();
    private readonly List<string> _entries = [];
    private readonly Dictionary<string, int> _times = [];
    private TaskCompletionSource _added = NewSource();

    public IReadOnlyList<string> Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries];
            }
        }
    }

    public void Add(string entry)
    {
        lock (_gate)
        {
            _entries.Add(entry);
            _times[entry] = _times.GetValueOrDefault(entry) + 1;
            _added.SetResult();
            _added = NewSource();
        }
    }

    /// <summary>Completes once the entry is there that many times.</summary>
    public async Task WaitForAsync(string entry, int times = 1)
    {
        while (true)
        {
            Task added;
            lock (_gate)
            {
                if (_times.GetValueOrDefault(entry) >= times)
                {
                    return;
                }

                added = _added.Task;
            }

            await Soon.Async(added);
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
