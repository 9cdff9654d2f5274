using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Levity.Daemon.Registry.Sqlite;

/// <summary>The database file: how it is opened.</summary>
internal static class RegistryDatabase
{
    // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE
    private const int NoCheckpointOnClose = 1006;

    /// <summary>
    /// SQLite up to 3.51.2 may lose acknowledged commits (the WAL-reset race); see docs/dependencies.md.
    /// </summary>
    private static readonly Version OldestSafe = new(3, 51, 3);

    /// <summary>Opens the file, which is made with mode 0600 when it is not there, with today's schema.</summary>
    public static SqliteConnection Open(string path)
    {
        Create(path, FileMode.OpenOrCreate).Dispose();
        var connection = OpenUnchecked(path);
        try
        {
            RequireSafeVersion(connection);
            RegistrySchema.BringUpToDate(connection, path);
            return connection;
        }
        catch
        {
            CloseAsItIs(connection);
            throw;
        }
    }

    /// <summary>Opens a file, whatever is in it.</summary>
    public static SqliteConnection OpenUnchecked(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
        }.ConnectionString);
        try
        {
            connection.Open();

            // FULL: a commit that was acknowledged is on the disk. The writer alone uses the file, so no shared memory.
            // Secure delete: requests hold secrets, and what was removed must not come back by a rescue.
            Execute(
                connection,
                "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                + "PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF;");
            return connection;
        }
        catch
        {
            CloseAsItIs(connection);
            throw;
        }
    }

    /// <summary>
    /// Closes a file that is damaged, or that the disk has failed under: without the checkpoint that would write to it.
    /// </summary>
    public static void CloseAsItIs(SqliteConnection connection)
    {
        if (connection.Handle is { } handle)
        {
            raw.sqlite3_db_config(handle, NoCheckpointOnClose, 1, out _);
        }

        connection.Dispose();
    }

    /// <summary>Copies a file, with mode 0600; when there is none, the copy is empty.</summary>
    public static void Copy(string from, string to)
    {
        using var target = Create(to, FileMode.Create);
        if (File.Exists(from))
        {
            using var source = File.OpenRead(from);
            source.CopyTo(target);
        }
    }

    private static FileStream Create(string path, FileMode mode) => new(path, new FileStreamOptions
    {
        Mode = mode,
        Access = FileAccess.ReadWrite,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });

    private static void RequireSafeVersion(SqliteConnection connection)
    {
        if (Version.Parse(connection.ServerVersion) < OldestSafe)
        {
            throw new NotSupportedException(
                $"SQLite {connection.ServerVersion} can lose acknowledged commits; {OldestSafe} or newer is needed");
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
