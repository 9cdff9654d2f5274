using System.Threading.Channels;
using Levity.Protocol;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Levity.Daemon.Registry.Sqlite;

/// <summary>
/// Task records in one SQLite file. One thread owns the connection and takes jobs from a queue: all that have arrived
/// while the last commit was on its way to the disk go into the next one (group commit), so that many callers share
/// the price of one fsync.
/// </summary>
internal sealed partial class SqliteTaskRegistry : ITaskRegistry
{
    private const int LargestCommit = 1024;

    // sqlite3.h: SQLITE_FULL.
    private const int SqliteFull = 13;

    private readonly Channel<Job> _jobs = Channel.CreateBounded<Job>(
        new BoundedChannelOptions(8 * LargestCommit) { SingleReader = true });

    private readonly SqliteConnection _connection;
    private readonly ILogger _logger;
    private readonly Task _writing;

    private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private IReadOnlyList<TaskRecord>? _found;

    private SqliteTaskRegistry(SqliteConnection connection, IReadOnlyList<TaskRecord> found, ILogger logger)
    {
        _connection = connection;
        _found = found;
        _logger = logger;
        _writing = Task.Factory.StartNew(
            WriteLoop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>
    /// Faults with a <see cref="RegistryFailedException"/> when nothing can be written any more; never completes otherwise.
    /// </summary>
    public Task Failure => _failure.Task;

    /// <summary>Opens the file, or makes it. One that is damaged is set aside, and what is sound in it kept.</summary>
    public static SqliteTaskRegistry Open(string path, ILogger logger) =>
        new(RegistryOpening.Open(path, logger, out var found), found, logger);

    public Task<IReadOnlyList<TaskRecord>> LoadAsync(CancellationToken cancellationToken) => Task.FromResult(
        Interlocked.Exchange(ref _found, null) ?? throw new InvalidOperationException("the records were handed out before"));

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
        await _writing;
        if (_failure.Task.IsFaulted)
        {
            RegistryDatabase.CloseAsItIs(_connection);
        }
        else
        {
            await _connection.DisposeAsync();
        }
    }

    private async Task CommitAsync(Action<RegistryStatements> run, CancellationToken cancellationToken)
    {
        var job = new Job(run);
        await _jobs.Writer.WriteAsync(job, cancellationToken);

        // Once queued it happens. Giving up the wait here would leave a commit that nobody knows of.
        await job.Committed.Task;
    }

    private void WriteLoop()
    {
        using var statements = new RegistryStatements(_connection);
        var batch = new List<Job>();
        while (_jobs.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (batch.Count < LargestCommit && _jobs.Reader.TryRead(out var job))
            {
                batch.Add(job);
            }

            Commit(statements, batch);
            batch.Clear();
        }
    }

    private void Commit(RegistryStatements statements, List<Job> batch)
    {
        if (_failure.Task.Exception is { InnerException: { } failure })
        {
            batch.ForEach(job => job.Committed.SetException(failure));
            return;
        }

        try
        {
            using var transaction = _connection.BeginTransaction();
            statements.Use(transaction);
            batch.ForEach(job => job.Run(statements));
            transaction.Commit();
        }
        catch (Exception e)
        {
            // Whatever it is, those who wait are told: this thread must not end.
            Fail(batch, e);
            return;
        }

        batch.ForEach(job => job.Committed.SetResult());
    }

    private static string Explain(Exception e) => e is SqliteException { SqliteErrorCode: SqliteFull }
        ? "the server's disk is full: make room in its state directory; tasks that run go on, and new ones are started "
            + "again as soon as there is room"
        : $"the registry cannot write: {e.Message}";

    private void Fail(List<Job> batch, Exception e)
    {
        if (e is SqliteException { SqliteErrorCode: raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB } sqlite)
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
            var failure = new RegistryUnavailableException(Explain(e), e);
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
