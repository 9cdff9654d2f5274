using Levity.Protocol;
using Microsoft.Data.Sqlite;

namespace Levity.Daemon.Registry.Sqlite;

/// <summary>The prepared statements.</summary>
internal sealed class RegistryStatements : IDisposable
{
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _update;
    private readonly SqliteCommand _touch;
    private readonly SqliteCommand _delete;

    public RegistryStatements(SqliteConnection connection)
    {
        _insert = Prepare(
            connection,
            $"""
            INSERT INTO tasks ({RegistryRow.Columns}) VALUES (
                $id, $owner, $created_at, $request, $state, $exit_code, $ending, $request_key, $boot_id, $asked_at,
                $details, $checksum)
            """,
            "$id", "$owner", "$created_at", "$request", "$state", "$exit_code", "$ending", "$request_key", "$boot_id",
            "$asked_at", "$details", "$checksum");

        // The request too, though it never changes: the checksum is over these bytes, and another version of the
        // protobuf library may write the same message otherwise.
        _update = Prepare(
            connection,
            $"""
            UPDATE tasks SET
                request = $request, state = $state, exit_code = $exit_code, ending = $ending, details = $details,
                checksum = {Xor("$checksum", "coalesce(asked_at, 0)")}
            WHERE id = $id
            """,
            "$id", "$request", "$state", "$exit_code", "$ending", "$details", "$checksum");
        _touch = Prepare(
            connection,
            $"""
            UPDATE tasks SET
                asked_at = $asked_at,
                checksum = {Xor("checksum", Xor("$asked_at", "coalesce(asked_at, 0)"))}
            WHERE id = $id
            """,
            "$id", "$asked_at");
        _delete = Prepare(connection, "DELETE FROM tasks WHERE id = $id", "$id");
    }

    /// <summary>All that is executed from now on belongs to this transaction.</summary>
    public void Use(SqliteTransaction transaction)
    {
        _insert.Transaction = transaction;
        _update.Transaction = transaction;
        _touch.Transaction = transaction;
        _delete.Transaction = transaction;
    }

    public void Insert(RegistryRow row)
    {
        _insert.Parameters["$owner"].Value = row.Owner;
        _insert.Parameters["$created_at"].Value = row.CreatedAt;
        _insert.Parameters["$request_key"].Value = OrNull(row.RequestKey);
        _insert.Parameters["$boot_id"].Value = OrNull(row.BootId);
        _insert.Parameters["$asked_at"].Value = OrNull(row.AskedAt);
        SetMutable(_insert, row, row.Checksum ^ (row.AskedAt ?? 0));
        _insert.ExecuteNonQuery();
    }

    public void Update(RegistryRow row)
    {
        SetMutable(_update, row, row.Checksum);
        _update.ExecuteNonQuery();
    }

    public void Touch(TaskId id, DateTimeOffset askedAt)
    {
        _touch.Parameters["$id"].Value = id.ToByteArray();
        _touch.Parameters["$asked_at"].Value = askedAt.UtcTicks;
        _touch.ExecuteNonQuery();
    }

    public void Delete(TaskId id)
    {
        _delete.Parameters["$id"].Value = id.ToByteArray();
        _delete.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _insert.Dispose();
        _update.Dispose();
        _touch.Dispose();
        _delete.Dispose();
    }

    private static void SetMutable(SqliteCommand command, RegistryRow row, long checksum)
    {
        command.Parameters["$id"].Value = row.Id;
        command.Parameters["$request"].Value = row.Request;
        command.Parameters["$state"].Value = row.State;
        command.Parameters["$exit_code"].Value = OrNull(row.ExitCode);
        command.Parameters["$ending"].Value = OrNull(row.Ending);
        command.Parameters["$details"].Value = OrNull(row.Details);
        command.Parameters["$checksum"].Value = checksum;
    }

    private static object OrNull(object? value) => value ?? DBNull.Value;

    // SQL has no exclusive or.
    private static string Xor(string a, string b) => $"(({a} | {b}) & ~({a} & {b}))";

    private static SqliteCommand Prepare(SqliteConnection connection, string sql, params string[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }
}
