using Google.Protobuf;
using Levity.Protocol;
using Microsoft.Data.Sqlite;

namespace Levity.Daemon.Registry.Sqlite;

/// <summary>
/// A <see cref="TaskRecord"/> as it is stored: plain values, and a checksum over them. Made on the caller's thread, so
/// that the writer's does nothing but write.
/// </summary>
internal sealed record RegistryRow
{
    /// <summary>The columns in the order in which they are read.</summary>
    public const string Columns =
        "id, owner, created_at, request, state, exit_code, ending, request_key, boot_id, asked_at, checksum";

    public required byte[] Id { get; init; }

    public required string Owner { get; init; }

    public required long CreatedAt { get; init; }

    public required byte[] Request { get; init; }

    public required long State { get; init; }

    public long? ExitCode { get; init; }

    public byte[]? Ending { get; init; }

    public string? RequestKey { get; init; }

    public string? BootId { get; init; }

    public long? AskedAt { get; init; }

    /// <summary><see cref="RowChecksum"/> of the row.</summary>
    public long Checksum { get; init; }

    public static RegistryRow Of(TaskRecord record)
    {
        var row = WithoutChecksum(record);
        return row with { Checksum = RowChecksum.Of(row) };
    }

    /// <summary>The row that the reader stands on; null when it is not as it was written.</summary>
    public static RegistryRow? TryRead(SqliteDataReader reader)
    {
        try
        {
            var row = ReadWithoutChecksum(reader);
            var checksum = RowChecksum.Of(row);
            return reader.GetInt64(10) == (checksum ^ (row.AskedAt ?? 0)) ? row with { Checksum = checksum } : null;
        }
        catch (Exception e) when (e is InvalidCastException or InvalidOperationException)
        {
            // A value of another type, or none where there has to be one.
            return null;
        }
    }

    /// <summary>All columns but the last.</summary>
    public static RegistryRow ReadWithoutChecksum(SqliteDataReader reader) => new()
    {
        Id = reader.GetFieldValue<byte[]>(0),
        Owner = reader.GetString(1),
        CreatedAt = reader.GetInt64(2),
        Request = reader.GetFieldValue<byte[]>(3),
        State = reader.GetInt64(4),
        ExitCode = reader.IsDBNull(5) ? null : reader.GetInt64(5),
        Ending = reader.IsDBNull(6) ? null : reader.GetFieldValue<byte[]>(6),
        RequestKey = reader.IsDBNull(7) ? null : reader.GetString(7),
        BootId = reader.IsDBNull(8) ? null : reader.GetString(8),
        AskedAt = reader.IsDBNull(9) ? null : reader.GetInt64(9),
    };

    /// <summary>Throws what the parsers throw when the values make no sense.</summary>
    public TaskRecord ToRecord() => new()
    {
        Id = TaskId.FromBytes(Id),
        Owner = Owner,
        CreatedAt = new DateTimeOffset(CreatedAt, TimeSpan.Zero),
        Request = StartTaskRequest.Parser.ParseFrom(Request),
        State = Enum.IsDefined((TaskState)checked((int)State))
            ? (TaskState)State
            : throw new ArgumentException($"unknown state {State}"),
        ExitCode = checked((int?)ExitCode),
        Ending = Ending is null ? null : Protocol.Ending.Parser.ParseFrom(Ending),
        RequestKey = RequestKey,
        BootId = BootId,
        AskedAt = AskedAt is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null,
    };

    private static RegistryRow WithoutChecksum(TaskRecord record) => new()
    {
        Id = record.Id.ToByteArray(),
        Owner = record.Owner,
        CreatedAt = record.CreatedAt.UtcTicks,
        Request = record.Request.ToByteArray(),
        State = (int)record.State,
        ExitCode = record.ExitCode,
        Ending = record.Ending?.ToByteArray(),
        RequestKey = record.RequestKey,
        BootId = record.BootId,
        AskedAt = record.AskedAt?.UtcTicks,
    };
}
