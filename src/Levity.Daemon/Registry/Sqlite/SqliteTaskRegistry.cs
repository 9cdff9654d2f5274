using System.Threading.Channels;
using Levity.Protocol;
using Microsoft.Data.Sqlite;

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

    private SqliteTaskRegistry(SqliteConnection connection, ILogger logger)
    {
        _connection = connection;
        _logger = logger;
        _writing = Task.Factory.StartNew(
            WriteLoop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Opens the file, or makes it. Throws <see cref="SqliteException"/> when it is no database.</summary>
    public static SqliteTaskRegistry Open(string path, ILogger logger) => new(RegistryDatabase.Open(path), logger);

    public async Task<IReadOnlyList<TaskRecord>> LoadAsync(CancellationToken cancellationToken)
    {
        var records = new List<TaskRecord>();
        await CommitAsync(
            statements => statements.ReadAll(records, (id, e) => Log.UnreadableRecord(_logger, id, e)),
            cancellationToken);
        return records;
    }

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
        await _connection.DisposeAsync();
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
        try
        {
            using var transaction = _connection.BeginTransaction();
            statements.Use(transaction);
            batch.ForEach(job => job.Run(statements));
            transaction.Commit();
        }
        catch (Exception e)
        {
            // Whatever it is, those who wait are told, and the next commit is tried: this thread must not end.
            Log.CommitFailed(_logger, batch.Count, e);
            var failure = new RegistryUnavailableException(Explain(e), e);
            batch.ForEach(job => job.Committed.SetException(failure));
            return;
        }

        batch.ForEach(job => job.Committed.SetResult());
    }

    private static string Explain(Exception e) => e is SqliteException { SqliteErrorCode: SqliteFull }
        ? "the server's disk is full: make room in its state directory; tasks that run go on, and new ones are started "
            + "again as soon as there is room"
        : $"the registry cannot write: {e.Message}";

    private sealed record Job(Action<RegistryStatements> Run)
    {
        // Continuations run elsewhere: the writer's thread is for writing.
        public TaskCompletionSource Committed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(101, LogLevel.Error, "Task {Id} is left out: its record cannot be read")]
        public static partial void UnreadableRecord(ILogger logger, string id, Exception exception);

        [LoggerMessage(102, LogLevel.Error, "A commit of {Count} changes failed; none of them happened")]
        public static partial void CommitFailed(ILogger logger, int count, Exception exception);
    }
}
