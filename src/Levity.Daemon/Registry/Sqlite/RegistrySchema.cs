using Microsoft.Data.Sqlite;

namespace Levity.Daemon.Registry.Sqlite;

/// <summary>
/// The schema, as the list of the steps that led to it: a new file goes through all of them, an old one through those
/// that it has not seen. Each is one transaction, and none is ever changed or taken back once it was released.
/// </summary>
internal static class RegistrySchema
{
    private static readonly Action<SqliteConnection, SqliteTransaction>[] Migrations = [CreateTasks, AddChecksums, AddDetails];

    // "Lv": with the version this is the application id, a second place for it, so that a flipped bit in the first one
    // is not taken for a newer levityd.
    private const long Mark = 0x4c760000;

    public static int Version => Migrations.Length;

    /// <summary>
    /// Throws <see cref="NotSupportedException"/> when the file is a newer levityd's, and
    /// <see cref="DamagedRegistryException"/> when it does not agree with itself on what it is.
    /// </summary>
    public static void BringUpToDate(SqliteConnection connection, string path)
    {
        var (version, mark) = (Read(connection, "PRAGMA user_version"), Read(connection, "PRAGMA application_id"));
        if (mark != MarkOf(version))
        {
            throw new DamagedRegistryException($"schema {version} does not go with application id {mark:x8}");
        }

        if (version > Version)
        {
            throw new NotSupportedException(
                $"'{path}' has schema {version}, this levityd knows schemas up to {Version}: use a newer levityd");
        }

        for (; version < Version; version++)
        {
            using var transaction = connection.BeginTransaction();
            Migrations[version](connection, transaction);
            Execute(
                connection,
                $"PRAGMA user_version = {version + 1}; PRAGMA application_id = {MarkOf(version + 1)}",
                transaction);
            transaction.Commit();
        }
    }

    // Schema 1 had none.
    private static long MarkOf(long version) => version < 2 ? 0 : Mark + version;

    private static void CreateTasks(SqliteConnection connection, SqliteTransaction transaction) => Execute(
        connection,
        """
        CREATE TABLE tasks (
            id         BLOB PRIMARY KEY,
            owner      TEXT NOT NULL,
            created_at INTEGER NOT NULL,  -- ticks of 100 ns since 0001-01-01 UTC
            request    BLOB NOT NULL,     -- levity.StartTaskRequest
            state      INTEGER NOT NULL,  -- levity.TaskStatusCode
            exit_code  INTEGER,
            ending     BLOB               -- levity.Ending
        ) WITHOUT ROWID;
        """,
        transaction);

    private static void AddChecksums(SqliteConnection connection, SqliteTransaction transaction)
    {
        Execute(
            connection,
            """
            ALTER TABLE tasks ADD COLUMN request_key TEXT;
            ALTER TABLE tasks ADD COLUMN boot_id TEXT;                         -- /proc/sys/kernel/random/boot_id
            ALTER TABLE tasks ADD COLUMN asked_at INTEGER;                     -- ticks, like created_at
            ALTER TABLE tasks ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;  -- RowChecksum
            CREATE UNIQUE INDEX tasks_request_key ON tasks (owner, request_key) WHERE request_key IS NOT NULL;
            """,
            transaction);

        using var update = Command(connection, "UPDATE tasks SET checksum = $checksum WHERE id = $id", transaction);
        var checksum = update.Parameters.Add("$checksum", SqliteType.Integer);
        var id = update.Parameters.Add("$id", SqliteType.Blob);
        foreach (var row in ReadWithoutChecksums(connection, transaction))
        {
            (checksum.Value, id.Value) = (RowChecksum.Of(row), row.Id);
            update.ExecuteNonQuery();
        }
    }

    // levity.registry.TaskDetails: what is yet to come needs no column of its own.
    private static void AddDetails(SqliteConnection connection, SqliteTransaction transaction) =>
        Execute(connection, "ALTER TABLE tasks ADD COLUMN details BLOB", transaction);

    // A row with values of the wrong type gets no checksum, and is reported when the records are loaded.
    private static List<RegistryRow> ReadWithoutChecksums(SqliteConnection connection, SqliteTransaction transaction)
    {
        var rows = new List<RegistryRow>();
        using var select = Command(
            connection,
            "SELECT id, owner, created_at, request, state, exit_code, ending, NULL, NULL, NULL, NULL FROM tasks",
            transaction);
        using var reader = select.ExecuteReader();
        while (reader.Read())
        {
            try
            {
                rows.Add(RegistryRow.ReadWithoutChecksum(reader));
            }
            catch (InvalidCastException)
            {
            }
        }

        return rows;
    }

    private static long Read(SqliteConnection connection, string pragma)
    {
        using var query = Command(connection, pragma, transaction: null);
        return (long)query.ExecuteScalar()!;
    }

    private static void Execute(SqliteConnection connection, string sql, SqliteTransaction transaction)
    {
        using var command = Command(connection, sql, transaction);
        command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, SqliteTransaction? transaction)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        return command;
    }
}
