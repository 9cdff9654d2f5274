using Google.Protobuf;
using Levity.Protocol;
using Microsoft.Data.Sqlite;

namespace Levity.Daemon.Registry.Sqlite;

/// <summary>The prepared statements, and how a <see cref="TaskRecord"/> becomes a row and comes back.</summary>
internal sealed class RegistryStatements : IDisposable
{
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _update;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _select;

    public RegistryStatements(SqliteConnection connection)
    {
        _insert = Prepare(
            connection,
            "INSERT INTO tasks VALUES ($id, $owner, $created_at, $request, $state, $exit_code, $ending)",
            "$id", "$owner", "$created_at", "$request", "$state", "$exit_code", "$ending");
        _update = Prepare(
            connection,
            "UPDATE tasks SET state = $state, exit_code = $exit_code, ending = $ending WHERE id = $id",
            "$id", "$state", "$exit_code", "$ending");
        _delete = Prepare(connection, "DELETE FROM tasks WHERE id = $id", "$id");
        _select = Prepare(connection, "SELECT id, owner, created_at, request, state, exit_code, ending FROM tasks");
    }

    /// <summary>All that is executed from now on belongs to this transaction.</summary>
    public void Use(SqliteTransaction transaction)
    {
        _insert.Transaction = transaction;
        _update.Transaction = transaction;
        _delete.Transaction = transaction;
        _select.Transaction = transaction;
    }

    public void Insert(TaskRecord record)
    {
        _insert.Parameters["$owner"].Value = record.Owner;
        _insert.Parameters["$created_at"].Value = record.CreatedAt.UtcTicks;
        _insert.Parameters["$request"].Value = record.Request.ToByteArray();
        SetMutable(_insert, record);
        _insert.ExecuteNonQuery();
    }

    public void Update(TaskRecord record)
    {
        SetMutable(_update, record);
        _update.ExecuteNonQuery();
    }

    public void Delete(TaskId id)
    {
        _delete.Parameters["$id"].Value = id.ToByteArray();
        _delete.ExecuteNonQuery();
    }

    /// <summary>
    /// Reads all rows; one that makes no sense goes to <paramref name="unreadable"/> and is passed over.
    /// </summary>
    public void ReadAll(List<TaskRecord> records, Action<string, Exception> unreadable)
    {
        using var row = _select.ExecuteReader();
        while (row.Read())
        {
            try
            {
                records.Add(Read(row));
            }
            catch (Exception e) when (e is InvalidProtocolBufferException or InvalidCastException
                or ArgumentException or OverflowException)
            {
                unreadable(row.GetValue(0) is byte[] id ? Convert.ToHexString(id) : "without an id", e);
            }
        }
    }

    public void Dispose()
    {
        _insert.Dispose();
        _update.Dispose();
        _delete.Dispose();
        _select.Dispose();
    }

    private static TaskRecord Read(SqliteDataReader row)
    {
        var state = (TaskState)row.GetInt32(4);
        return new TaskRecord
        {
            Id = TaskId.FromBytes(row.GetFieldValue<byte[]>(0)),
            Owner = row.GetString(1),
            CreatedAt = new DateTimeOffset(row.GetInt64(2), TimeSpan.Zero),
            Request = StartTaskRequest.Parser.ParseFrom(row.GetFieldValue<byte[]>(3)),
            State = Enum.IsDefined(state) ? state : throw new ArgumentException($"unknown state {state}"),
            ExitCode = row.IsDBNull(5) ? null : row.GetInt32(5),
            Ending = row.IsDBNull(6) ? null : Ending.Parser.ParseFrom(row.GetFieldValue<byte[]>(6)),
        };
    }

    private static void SetMutable(SqliteCommand command, TaskRecord record)
    {
        command.Parameters["$id"].Value = record.Id.ToByteArray();
        command.Parameters["$state"].Value = (int)record.State;
        command.Parameters["$exit_code"].Value = record.ExitCode is { } code ? code : DBNull.Value;
        command.Parameters["$ending"].Value = record.Ending is { } ending ? ending.ToByteArray() : DBNull.Value;
    }

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
