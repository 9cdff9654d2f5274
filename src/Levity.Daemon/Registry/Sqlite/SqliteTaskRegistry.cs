using System.Threading.Channels;
using Levity.Protocol;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Levity.Daemon.Registry.Sqlite;

/// <summary>
/// Task records in one SQLite file. One thread owns the connection: it opens the file, which takes a while when there are
/// many records, and then takes jobs from a queue. All that have arrived while the last commit was on its way to the
/// disk go into the next one (group commit), so that many callers share the price of one fsync.
/// </summary>
internal sealed partial class SqliteTaskRegistry : ITaskRegistry
{
    private const int LargestCommit = 1024;

    private readonly Channel<Job> _jobs = Channel.CreateBounded<Job>(
        new BoundedChannelOptions(8 * LargestCommit) { SingleReader = true });

    private readonly ILogger _logger;
    private readonly Task _working;

    private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _sound = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Both are let go of once they were used: records change and go, and these are those of the beginning.
    private TaskCompletionSource<IReadOnlyList<TaskRecord>>? _opening =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task<IReadOnlyList<TaskRecord>>? _found;

    private SqliteTaskRegistry(string path, ILogger logger)
    {
        _logger = logger;
        _found = _opening.Task;
        _working = Task.Factory.StartNew(
            () => Work(path), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>
    /// Faults with a <see cref="RegistryFailedException"/> when nothing can be written any more; never completes otherwise.
    /// </summary>
    public Task Failure => _failure.Task;

    /// <summary>
    /// Completes when the file can be read and is no newer levityd's, which is long before all records are known; or throws
    /// what stands in the way.
    /// </summary>
    public Task Sound => _sound.Task;

    /// <summary>
    /// Begins to open the file, or to make it: <see cref="LoadAsync"/> waits for that and throws what stands in the way. One
    /// that is damaged is set aside, and what is sound in it kept.
    /// </summary>
    public static SqliteTaskRegistry Open(string path, ILogger logger) => new(path, logger);

    public Task<IReadOnlyList<TaskRecord>> LoadAsync(CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref _found, null)?.WaitAsync(cancellationToken)
            ?? throw new InvalidOperationException("the records were handed out before");

    public Task AddAsync(TaskRecord record, CancellationToken cancellationToken)
    {
        var row = RegistryRow.Of(record);
        return CommitAsync(statements => statements.Insert(row), cancellationToken);
    }

    public Task UpdateAsync(TaskRecord record, CancellationToken cancellationToken)
    {
        var row = RegistryRow.Of(record);
        return CommitAsync(statements => statements.Update(row), cancellationToken);
    }

    public Task TouchAsync(
        IReadOnlyCollection<(TaskId Id, DateTimeOffset AskedAt)> touched, CancellationToken cancellationToken) =>
        CommitAsync(
            statements =>
            {
                foreach (var (id, askedAt) in touched)
                {
                    statements.Touch(id, askedAt);
                }
            },
            cancellationToken);

    public Task RemoveAsync(TaskId id, CancellationToken cancellationToken) =>
        CommitAsync(statements => statements.Delete(id), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _jobs.Writer.TryComplete();
        await _working;
    }

    private async Task CommitAsync(Action<RegistryStatements> run, CancellationToken cancellationToken)
    {
        var job = new Job(run);
        await _jobs.Writer.WriteAsync(job, cancellationToken);

        // Once queued it happens. Giving up the wait here would leave a commit that nobody knows of.
        await job.Committed.Task;
    }

    private void Work(string path)
    {
        if (TryOpen(path) is not { } connection)
        {
            return;
        }

        WriteLoop(connection);
        if (_failure.Task.IsFaulted)
        {
            RegistryDatabase.CloseAsItIs(connection);
        }
        else
        {
            connection.Dispose();
        }
    }

    private SqliteConnection? TryOpen(string path)
    {
        try
        {
            var connection = RegistryOpening.Open(path, _logger, () => _sound.TrySetResult(), out var found);
            _opening!.SetResult(found);
            _opening = null;
            return connection;
        }
        catch (Exception e)
        {
            // Whatever it is, those who wait are told: for the records, or for a commit already.
            _sound.TrySetException(e);
            _opening!.SetException(e);
            _jobs.Writer.TryComplete(e);
            while (_jobs.Reader.TryRead(out var job))
            {
                job.Committed.SetException(e);
            }

            return null;
        }
    }

    private void WriteLoop(SqliteConnection connection)
    {
        using var statements = new RegistryStatements(connection);
        var batch = new List<Job>();
        while (_jobs.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (batch.Count < LargestCommit && _jobs.Reader.TryRead(out var job))
            {
                batch.Add(job);
            }

            Commit(connection, statements, batch);
            batch.Clear();
        }
    }

    private void Commit(SqliteConnection connection, RegistryStatements statements, List<Job> batch)
    {
        if (_failure.Task.Exception is { InnerException: { } failure })
        {
            batch.ForEach(job => job.Committed.SetException(failure));
            return;
        }

        try
        {
            using var transaction = connection.BeginTransaction();
            statements.Use(transaction);
            batch.ForEach(job => job.Run(statements));
            transaction.Commit();
        }
        catch (Exception e)
        {
            // Whatever it is, those who wait are told: this thread must not end.
            Fail(batch, e, LackOfRoom.IsMetBy(e, connection));
            return;
        }

        batch.ForEach(job => job.Committed.SetResult());
    }

    private void Fail(List<Job> batch, Exception e, bool lacksRoom)
    {
        if (!lacksRoom
            && e is SqliteException { SqliteErrorCode: raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB } sqlite)
        {
            // After a failed fsync the kernel takes the pages for clean and the next one succeeds, with the data gone:
            // https://wiki.postgresql.org/wiki/Fsync_Errors. So nothing more is written, and nothing read from memory is
            // trusted: the next levityd looks at what is on the disk.
            Log.Failed(_logger, batch.Count, sqlite.SqliteExtendedErrorCode, e);
            var failure = new RegistryFailedException(
                $"the registry has failed (SQLite error {sqlite.SqliteExtendedErrorCode}: {e.Message}): levityd ends here, "
                + "tasks go on; see to the disk and start levityd again",
                e);
            _failure.SetException(failure);
            batch.ForEach(job => job.Committed.SetException(failure));
        }
        else
        {
            Log.CommitFailed(_logger, batch.Count, e);
            var failure = new RegistryUnavailableException(
                lacksRoom
                    ? "the server's disk is full, or its user's quota is: make room in its state directory; tasks that run go "
                        + "on, and new ones are started again as soon as there is room"
                    : $"the registry cannot write: {e.Message}",
                e);
            batch.ForEach(job => job.Committed.SetException(failure));
        }
    }

    private sealed record Job(Action<RegistryStatements> Run)
    {
        // Continuations run elsewhere: the writer's thread is for writing.
        public TaskCompletionSource Committed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(102, LogLevel.Error, "A commit of {Count} changes failed; none of them happened")]
        public static partial void CommitFailed(ILogger logger, int count, Exception exception);

        [LoggerMessage(104, LogLevel.Critical,
            "The registry has failed with SQLite error {Code}: {Count} changes were not acknowledged, and none will be")]
        public static partial void Failed(ILogger logger, int count, int code, Exception exception);
    }
}
