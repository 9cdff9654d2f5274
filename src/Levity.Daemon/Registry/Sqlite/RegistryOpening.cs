using Google.Protobuf;
using Microsoft.Data.Sqlite;

namespace Levity.Daemon.Registry.Sqlite;

/// <summary>
/// Opens a registry in whatever state it is. All of it is looked at, its structure and each row; when something is not
/// as it was written, the files are set aside as they are and what is sound in them goes into a new registry. So
/// damage never stops levityd, is met once, and costs no more than what was damaged.
/// </summary>
internal static partial class RegistryOpening
{
    private const int RowsAtOnce = 1024;

    /// <param name="sound">Called when the file can be read, and is no newer levityd's: only its rows are left.</param>
    public static SqliteConnection Open(
        string path, ILogger logger, Action sound, out IReadOnlyList<TaskRecord> records)
    {
        var quarantine = new Quarantine(path);
        if (quarantine.FindUnfinished() is { } unfinished)
        {
            Rescue(unfinished, path, "it was found damaged before", logger);
        }

        try
        {
            return OpenSound(path, logger, sound, out records);
        }
        catch (Exception e) when (DamagedRegistryException.IsMetBy(e))
        {
            Rescue(quarantine.SetAside(TimeProvider.System.GetUtcNow()), path, e.Message, logger);
        }

        return OpenSound(path, logger, sound, out records);
    }

    private static SqliteConnection OpenSound(
        string path, ILogger logger, Action sound, out IReadOnlyList<TaskRecord> records)
    {
        CreateOrRequireContents(path);
        WalFile.RequireSound(Quarantine.WalOf(path));
        var connection = RegistryDatabase.Open(path);
        try
        {
            RequireStructure(connection);
            sound();
            records = ReadAll(connection, logger);
            return connection;
        }
        catch
        {
            RegistryDatabase.CloseAsItIs(connection);
            throw;
        }
    }

    // SQLite takes an empty file for a new database, throws the log beside it away, and says nothing. Ours is complete from
    // the moment on at which it has its name.
    private static void CreateOrRequireContents(string path)
    {
        var database = new FileInfo(path);
        if (database.Exists || File.Exists(Quarantine.WalOf(path)))
        {
            // To SQLite one byte is as good as none (unixFileSize in os_unix.c).
            if (database is not { Exists: true, Length: > 1 })
            {
                throw new DamagedRegistryException("the file is empty or gone, and there has been one");
            }

            return;
        }

        Remove(NewNameOf(path));
        RegistryDatabase.Open(NewNameOf(path)).Dispose();
        File.Move(NewNameOf(path), path);
    }

    private static string NewNameOf(string path) => $"{path}.new";

    private static void RequireStructure(SqliteConnection connection)
    {
        using var check = connection.CreateCommand();
        check.CommandText = "PRAGMA integrity_check(1)";
        if (check.ExecuteScalar() is not "ok" and var problem)
        {
            throw new DamagedRegistryException($"{problem}".ReplaceLineEndings(" "));
        }
    }

    // Two things at a time: one thread reads, and what it has read is checked and taken apart on others meanwhile.
    private static List<TaskRecord> ReadAll(SqliteConnection connection, ILogger logger)
    {
        var parts = ReadRows(connection).Chunk(RowsAtOnce)
            .Select(rows => Task.Run(() => Array.ConvertAll(rows, row => TryDecode(row, logger))))
            .ToList();
        var rows = parts.SelectMany(part => part.GetAwaiter().GetResult()).ToList();
        var damaged = rows.Count(row => row.IsDamaged);
        return damaged == 0
            ? [.. rows.Select(row => row.Record).OfType<TaskRecord>()]
            : throw new DamagedRegistryException($"{damaged} of {rows.Count} records are not as they were written");
    }

    private static IEnumerable<RegistryRow?> ReadRows(SqliteConnection connection)
    {
        using var select = connection.CreateCommand();
        select.CommandText = $"SELECT {RegistryRow.Columns} FROM tasks";
        using var reader = select.ExecuteReader();
        RegistryRow? row = null;
        while (reader.Read())
        {
            yield return row = RegistryRow.TryReadUnchecked(reader, row);
        }
    }

    private static (TaskRecord? Record, bool IsDamaged) TryDecode(RegistryRow? row, ILogger logger)
    {
        if (row is not { IsAsWritten: true })
        {
            return (null, IsDamaged: true);
        }

        try
        {
            return (row.ToRecord(), IsDamaged: false);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or ArgumentException or OverflowException)
        {
            // As it was written, and so by a newer levityd. It stays for that one.
            Log.UnreadableRecord(logger, Convert.ToHexString(row.Id), e);
            return (null, IsDamaged: false);
        }
    }

    // The new registry takes the place of the old one only when it is complete: until then this begins again.
    private static void Rescue(string aside, string path, string damage, ILogger logger)
    {
        var (copy, target) = ($"{path}.salvage", NewNameOf(path));
        Remove(copy);
        Remove(target);
        RegistryDatabase.Open(target).Dispose();
        RegistryDatabase.Copy(aside, copy);
        RegistryDatabase.Copy(Quarantine.WalOf(aside), Quarantine.WalOf(copy));
        var salvage = Salvage.Read(copy, target);
        Write(salvage.Rows, target);
        Remove(copy);
        File.Move(target, path);
        Log.Rescued(logger, damage, salvage.Rows.Count, salvage.DamagedRows, salvage.LostRanges, Salvage.Ranges, aside);
    }

    private static void Write(IReadOnlyCollection<RegistryRow> rows, string target)
    {
        using var connection = RegistryDatabase.Open(target);
        using var statements = new RegistryStatements(connection);
        using var transaction = connection.BeginTransaction();
        statements.Use(transaction);
        foreach (var row in rows)
        {
            statements.Insert(row);
        }

        transaction.Commit();
    }

    private static void Remove(string database)
    {
        foreach (var suffix in (string[])["", "-wal", "-wal.later", "-journal", "-shm"])
        {
            File.Delete(database + suffix);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(101, LogLevel.Error, "Task {Id} is left out: its record cannot be read")]
        public static partial void UnreadableRecord(ILogger logger, string id, Exception exception);

        [LoggerMessage(103, LogLevel.Error,
            "The registry was damaged: {Damage}. {Salvaged} records were salvaged; {Damaged} were left out because they "
            + "are not as they were written, and {Lost} of {Ranges} ranges of ids cannot be read. The damaged file is kept "
            + "as '{File}': 'sqlite3 FILE .recover' may show more of it. Tasks whose records are lost are stopped, and "
            + "their logs stay")]
        public static partial void Rescued(
            ILogger logger, string damage, int salvaged, int damaged, int lost, int ranges, string file);
    }
}
