using Microsoft.Data.Sqlite;

namespace Levity.Daemon.Registry.Sqlite;

/// <summary>The database file: how it is opened.</summary>
internal static class RegistryDatabase
{
    /// <summary>
    /// SQLite up to 3.51.2 may lose acknowledged commits (the WAL-reset race); see docs/dependencies.md.
    /// </summary>
    private static readonly Version OldestSafe = new(3, 51, 3);

    /// <summary>Opens the file, which is made with mode 0600 when it is not there.</summary>
    public static SqliteConnection Open(string path)
    {
        CreatePrivately(path);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
        }.ConnectionString);
        try
        {
            connection.Open();
            RequireSafeVersion(connection);

            // FULL: a commit that was acknowledged is on the disk. The writer alone uses the file, so no shared memory.
            Execute(connection, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
            RegistrySchema.BringUpToDate(connection, path);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void CreatePrivately(string path)
    {
        if (!File.Exists(path))
        {
            using var created = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
    }

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
