using System.Threading.Channels;
using Levity.Daemon.Registry;
using Levity.Protocol;

namespace Levity.Daemon.Tasks;

/// <summary>
/// Removes the tasks that nobody has asked about for the inactivity timeout, live ones too, and those that are over by
/// <see cref="KeptTasks"/>. While levityd runs this goes
/// by the monotonic clock. Over a restart it goes by what is on record, and that is rounded up: a task is noted as
/// asked about until a little after now, and not again before that is over. So asking costs no write, and a task that
/// was forgotten by a crash is removed late by that little and not early. See docs/decisions/0009.
/// </summary>
internal sealed partial class TaskExpiry(
    TaskManager tasks, ITaskRegistry registry, TaskOptions options, TimeProvider time, ILogger<TaskExpiry> logger)
{
    private const string Remover = "levityd";
    private const int RemovalsAtOnce = 64;
    private const int LargestBatch = 1024;

    // Into how many grains a timeout is cut: what is not worth a second look, nor a second write.
    private const int Grains = 50;
    private static readonly TimeSpan SmallestGrain = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan RegistryRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(30);

    // No bound: at most one item for each task and grain.
    private readonly Channel<(TaskId Id, DateTimeOffset AskedAt)> _touches =
        Channel.CreateUnbounded<(TaskId, DateTimeOffset)>(new UnboundedChannelOptions { SingleReader = true });

    private readonly KeptTasks _kept = new(tasks, time, logger);

    private readonly TimeSpan _grain =
        options.InactivityTimeout / Grains > SmallestGrain ? options.InactivityTimeout / Grains : SmallestGrain;

    private bool IsOn => options.InactivityTimeout != Timeout.InfiniteTimeSpan;

    /// <summary>When a task will be removed if its owner does not ask about it before; null for never.</summary>
    public DateTimeOffset? ExpiresAt(ManagedTask task) => KeptTasks.Has(task) ? _kept.ExpiresAt(task)
        : !IsOn ? null
        : time.GetUtcNow() + options.InactivityTimeout
            - (task.Attention is { HasReaders: false, AskedAt: { } at } ? time.GetElapsedTime(at) : TimeSpan.Zero);

    /// <summary>The task's owner has asked about it.</summary>
    public void Asked(ManagedTask task)
    {
        if (!IsOn)
        {
            return;
        }

        task.Attention.AskedAt = time.GetTimestamp();
        var now = time.GetUtcNow();
        var until = now + (2 * _grain);
        if (task.Attention.TryExtend(OnRecord(task.Record), now, until))
        {
            _touches.Writer.TryWrite((task.Record.Id, until));
        }
    }

    /// <summary>Somebody reads the task's log, until this is disposed of; its owner asks about it all that time.</summary>
    public IDisposable Reading(ManagedTask task, bool isOwner = true) => new Reader(this, task, isOwner);

    /// <summary>Takes from the records when each task was asked about. Nobody is served before.</summary>
    public void Begin()
    {
        if (IsOn)
        {
            foreach (var task in tasks.All)
            {
                task.Attention.AskedAt ??= TimestampOf(task.Record);
            }
        }
    }

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!IsOn)
            {
                await _kept.RunAsync(cancellationToken);
            }

            await Task.WhenAll(
                _kept.RunAsync(cancellationToken), WriteTouchesAsync(cancellationToken), LookAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // Nothing but the token cancels in here.
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // The first look is a grain after the start: time for an operator to see that the clock is wrong.
            await Task.Delay(_grain, time, cancellationToken);
            await Parallel.ForEachAsync(
                tasks.All.Where(IsDue).ToList(),
                new ParallelOptions { MaxDegreeOfParallelism = RemovalsAtOnce, CancellationToken = cancellationToken },
                RemoveAsync);
        }
    }

    private bool IsDue(ManagedTask task)
    {
        if (KeptTasks.Has(task))
        {
            return false;
        }

        if (task.Attention.HasReaders)
        {
            // On record too, grain by grain.
            Asked(task);
        }

        return time.GetElapsedTime(task.Attention.AskedAt ??= time.GetTimestamp()) >= options.InactivityTimeout;
    }

    private async ValueTask RemoveAsync(ManagedTask task, CancellationToken cancellationToken)
    {
        // Others were removed before it, and somebody may have asked meanwhile.
        if (!IsDue(task))
        {
            return;
        }

        using var patience = new CancellationTokenSource(KillPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var outcome = await tasks.RemoveAsync(task, Remover, force: true, either.Token);
            if (outcome.Result == RemoveResult.Removed)
            {
                Log.Removed(logger, task.Record.Id, options.InactivityTimeout);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // The next look is a grain away.
            Log.NotRemoved(logger, task.Record.Id, e);
        }
    }

    private async Task WriteTouchesAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _touches.Reader.WaitToReadAsync(cancellationToken))
            {
                await WriteBatchAsync(cancellationToken);
            }
        }
        finally
        {
            // Shutting down: what has just been asked about goes on record as well, if it can.
            await WriteBatchAsync(cancellationToken);
        }
    }

    private async Task WriteBatchAsync(CancellationToken cancellationToken)
    {
        var batch = new List<(TaskId, DateTimeOffset)>();
        while (_touches.Reader.TryRead(out var touch))
        {
            batch.Add(touch);
        }

        foreach (var part in batch.Chunk(LargestBatch))
        {
            await WriteAsync(part, cancellationToken);
        }
    }

    private async Task WriteAsync((TaskId, DateTimeOffset)[] touches, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await registry.TouchAsync(touches, CancellationToken.None);
                return;
            }
            catch (RegistryUnavailableException) when (!cancellationToken.IsCancellationRequested)
            {
                // A full disk, most likely. Nobody waits for this but the next batch.
                await Task.Delay(RegistryRetry, time, cancellationToken);
            }
            catch (RegistryUnavailableException)
            {
                return;
            }
        }
    }

    // A task that was never asked about counts as asked about when it was made, and a little longer, like all others.
    private DateTimeOffset OnRecord(TaskRecord record) => record.AskedAt ?? record.CreatedAt + (2 * _grain);

    // The wall clock, for a record of an earlier levityd. It may have been put back since: no task is from the future.
    private long TimestampOf(TaskRecord record)
    {
        var idle = time.GetUtcNow() - OnRecord(record);
        idle = idle > -2 * _grain ? idle : -2 * _grain;
        return time.GetTimestamp() - (long)(idle.TotalSeconds * time.TimestampFrequency);
    }

    private sealed class Reader : IDisposable
    {
        private readonly TaskExpiry _expiry;
        private readonly ManagedTask _task;
        private readonly bool _isOwner;

        public Reader(TaskExpiry expiry, ManagedTask task, bool isOwner)
        {
            (_expiry, _task, _isOwner) = (expiry, task, isOwner);
            task.Attention.ReaderCame(isOwner);
        }

        public void Dispose()
        {
            if (_isOwner)
            {
                _expiry.Asked(_task);
            }

            _task.Attention.ReaderLeft(_isOwner);
            _expiry._kept.Look(_task);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(401, LogLevel.Information, "Task {Id} is removed: nobody has asked about it for {Timeout}")]
        public static partial void Removed(ILogger logger, TaskId id, TimeSpan timeout);

        [LoggerMessage(402, LogLevel.Warning, "Task {Id}, which nobody has asked about, is not removed yet")]
        public static partial void NotRemoved(ILogger logger, TaskId id, Exception exception);
    }
}
