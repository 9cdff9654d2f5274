using System.Collections.Concurrent;
using System.Threading.Channels;
using Levity.Protocol;

namespace Levity.Daemon.Tasks;

/// <summary>
/// Removes the tasks that have been over for as long as their starter wanted them to be kept. Their end is on record, so
/// that a restart changes nothing; while levityd runs this goes by the monotonic clock. A task that somebody reads goes when
/// the last reader has left.
/// </summary>
internal sealed partial class KeptTasks
{
    private const string Remover = "levityd";
    private const int RemovalsAtOnce = 64;

    // A start whose answer was lost is repeated with its key, and has to find the task: or it would be started again.
    private static readonly TimeSpan TimeForRepetitions = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    // Less than what a timer can count.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    // No bound: an item for each task that ends, and for each that its last reader leaves.
    private readonly Channel<ManagedTask> _news =
        Channel.CreateUnbounded<ManagedTask>(new UnboundedChannelOptions { SingleReader = true });

    // The loop's own, by timestamps. A task may be in it twice: the second time it is gone.
    private readonly PriorityQueue<ManagedTask, long> _waiting = new();

    private readonly TaskManager _tasks;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public KeptTasks(TaskManager tasks, TimeProvider time, ILogger logger)
    {
        (_tasks, _time, _logger) = (tasks, time, logger);
        tasks.Ended += Look;
    }

    /// <summary>Whether it is to be removed so long after its end, and is over: then nothing else removes it.</summary>
    public static bool Has(ManagedTask task) => task is { IsOver: true, Record.Request.KeepFor: not null };

    /// <summary>When a task is removed that <see cref="Has"/> says is one of these.</summary>
    public DateTimeOffset ExpiresAt(ManagedTask task)
    {
        var now = _time.GetTimestamp();
        return _time.GetUtcNow() + _time.GetElapsedTime(now, Math.Max(now, DueOf(task)));
    }

    /// <summary>Something has changed for it: it is over, or nobody reads it any more.</summary>
    public void Look(ManagedTask task)
    {
        if (Has(task))
        {
            _news.Writer.TryWrite(task);
        }
    }

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var task in _tasks.All)
        {
            Look(task);
        }

        while (true)
        {
            await WaitAsync(cancellationToken);
            while (_news.Reader.TryRead(out var task))
            {
                _waiting.Enqueue(task, DueOf(task));
            }

            var failed = new ConcurrentBag<ManagedTask>();
            await Parallel.ForEachAsync(
                TakeDue(),
                new ParallelOptions { MaxDegreeOfParallelism = RemovalsAtOnce, CancellationToken = cancellationToken },
                async (task, token) => await RemoveAsync(task, failed, token));
            foreach (var task in failed)
            {
                _waiting.Enqueue(task, _time.GetTimestamp() + Ticks(Retry));
            }
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var news = _news.Reader.WaitToReadAsync(waiting.Token).AsTask();
        if (_waiting.TryPeek(out _, out var due))
        {
            var left = _time.GetElapsedTime(_time.GetTimestamp(), due);
            left = left < LongestWait ? left : LongestWait;
            await Task.WhenAny(news, Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time, waiting.Token));
            await waiting.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
        else
        {
            await news;
        }
    }

    private List<ManagedTask> TakeDue()
    {
        var due = new List<ManagedTask>();
        while (_waiting.TryPeek(out var task, out var timestamp) && timestamp <= _time.GetTimestamp())
        {
            _waiting.Dequeue();
            due.Add(task);
        }

        return due;
    }

    private async ValueTask RemoveAsync(ManagedTask task, ConcurrentBag<ManagedTask> failed, CancellationToken cancellationToken)
    {
        // The last of the readers, when they leave, has it looked at again.
        if (task.Attention.IsRead)
        {
            return;
        }

        try
        {
            var outcome = await _tasks.RemoveAsync(task, Remover, force: false, cancellationToken);
            if (outcome.Result == RemoveResult.Removed)
            {
                Log.Removed(_logger, task.Record.Id, task.Record.Request.KeepFor.ToTimeSpan());
            }
        }
        catch (IOException e)
        {
            Log.NotRemoved(_logger, task.Record.Id, e);
            failed.Add(task);
        }
    }

    // The wall clock tells how long it has been over when it is looked at for the first time, and then counts no more. It may
    // have been put back since its end: no task has ended in the future.
    private long DueOf(ManagedTask task)
    {
        var request = task.Record.Request;
        var ago = task.Record.Ending?.EndedAt is { } end ? _time.GetUtcNow() - end.ToDateTimeOffset() : TimeSpan.Zero;
        var endedAt = task.Attention.EndedAt ??= _time.GetTimestamp() - Ticks(ago > TimeSpan.Zero ? ago : TimeSpan.Zero);
        var keep = request.KeepFor.ToTimeSpan();
        return endedAt + Ticks(request.HasRequestKey && keep < TimeForRepetitions ? TimeForRepetitions : keep);
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);

    private static partial class Log
    {
        [LoggerMessage(403, LogLevel.Information, "Task {Id} is removed: it was to be kept for {KeepFor} after its end")]
        public static partial void Removed(ILogger logger, TaskId id, TimeSpan keepFor);

        [LoggerMessage(404, LogLevel.Warning, "Task {Id}, which has been kept for as long as it was to be, is not removed yet")]
        public static partial void NotRemoved(ILogger logger, TaskId id, Exception exception);
    }
}
