namespace Levity.Daemon.LogStreaming;

/// <summary>
/// Wakes those who wait for a log to grow. However many wait for one task, the supervisor is asked once: it answers a
/// watch with one event as soon as there is something after the watch's cursor. So a log that nobody follows costs
/// nothing, and one that is followed costs one event for each time that its followers have caught up.
/// </summary>
/// <param name="watch">Asks the supervisor for one event; it must not wait.</param>
internal sealed class LogTail(Action<string, ulong> watch)
{
    // Guards the dictionary and all that is in it. Held for a few instructions, never over a wait.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Followers> _followed = new(StringComparer.Ordinal);

    /// <summary>
    /// Completes when the log may have grown beyond the cursor: then read again, and wait again at its end.
    /// </summary>
    /// <param name="isOver">Whether it will grow no more. That is told once (<see cref="Wake"/>) and to those who wait, so
    /// it is asked when one could hear it: it may have been told since the caller looked.</param>
    public async Task WaitAsync(string taskId, ulong cursor, Func<bool> isOver, CancellationToken cancellationToken)
    {
        Task grown;
        bool asks;
        lock (_gate)
        {
            if (!_followed.TryGetValue(taskId, out var followers))
            {
                _followed[taskId] = followers = new Followers();
            }

            // Somebody has read further than this caller, so there is something to read.
            if (followers.KnownEnd > cursor)
            {
                return;
            }

            followers.Count++;
            followers.KnownEnd = cursor;
            grown = followers.Grown.Task;
            asks = !followers.Watching;
            followers.Watching = true;
        }

        try
        {
            if (asks)
            {
                watch(taskId, cursor);
            }

            if (!isOver())
            {
                await grown.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            Leave(taskId);
        }
    }

    /// <summary>The supervisor's answer to a watch: the log has grown to this end, or will grow no more.</summary>
    public void Advance(string taskId, ulong end)
    {
        lock (_gate)
        {
            if (_followed.TryGetValue(taskId, out var followers))
            {
                followers.Wake(end);
            }
        }
    }

    /// <summary>Something else has changed about the task: its followers look again.</summary>
    public void Wake(string taskId) => Advance(taskId, end: 0);

    /// <summary>Watches may have been lost: all look again, and ask for a new watch when they must.</summary>
    public void WakeAll()
    {
        lock (_gate)
        {
            foreach (var followers in _followed.Values)
            {
                followers.Wake(end: 0);
            }
        }
    }

    private void Leave(string taskId)
    {
        lock (_gate)
        {
            if (_followed.TryGetValue(taskId, out var followers) && --followers.Count == 0)
            {
                _followed.Remove(taskId);
            }
        }
    }

    private sealed class Followers
    {
        public int Count { get; set; }

        /// <summary>The log is known to reach at least to here.</summary>
        public ulong KnownEnd { get; set; }

        /// <summary>The supervisor has been asked and has not answered yet.</summary>
        public bool Watching { get; set; }

        public TaskCompletionSource Grown { get; private set; } = NewSource();

        public void Wake(ulong end)
        {
            Watching = false;
            KnownEnd = Math.Max(KnownEnd, end);
            Grown.SetResult();
            Grown = NewSource();
        }

        // Followers go on elsewhere: whoever wakes them holds the lock.
        private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
