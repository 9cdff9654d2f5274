using Google.Protobuf;
using Levity.Protocol;
using Levity.Protocol.Registry;
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
        "id, owner, created_at, request, state, exit_code, ending, request_key, boot_id, asked_at, details, checksum";

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

    public byte[]? Details { get; init; }

    /// <summary><see cref="RowChecksum"/> of the row; of one that was read, what it says of itself.</summary>
    public long Checksum { get; set; }

    public bool IsAsWritten => Checksum == RowChecksum.Of(this);

    public static RegistryRow Of(TaskRecord record)
    {
        var row = WithoutChecksum(record);
        row.Checksum = RowChecksum.Of(row);
        return row;
    }

    /// <summary>The row that the reader stands on; null when it is not as it was written.</summary>
    public static RegistryRow? TryRead(SqliteDataReader reader) =>
        TryReadUnchecked(reader) is { IsAsWritten: true } row ? row : null;

    /// <summary>
    /// The row that the reader stands on, whatever it is; null when a value is of another type, or there is none where
    /// there has to be one.
    /// </summary>
    /// <param name="before">The row before, whose texts are used again where they are the same: of 100,000 rows, nearly all.</param>
    public static RegistryRow? TryReadUnchecked(SqliteDataReader reader, RegistryRow? before = null)
    {
        try
        {
            var row = ReadWithoutChecksum(reader, before);
            row.Checksum = StoredValue.Number(reader, 11) ^ (row.AskedAt ?? 0);
            return row;
        }
        catch (InvalidCastException)
        {
            return null;
        }
    }

    /// <summary>All columns but the last. Throws <see cref="InvalidCastException"/>.</summary>
    public static RegistryRow ReadWithoutChecksum(SqliteDataReader reader, RegistryRow? before = null) => new()
    {
        Id = StoredValue.Bytes(reader, 0),
        Owner = StoredValue.Text(reader, 1, before?.Owner),
        CreatedAt = StoredValue.Number(reader, 2),
        Request = StoredValue.Bytes(reader, 3),
        State = StoredValue.Number(reader, 4),
        ExitCode = StoredValue.IsNull(reader, 5) ? null : StoredValue.Number(reader, 5),
        Ending = StoredValue.IsNull(reader, 6) ? null : StoredValue.Bytes(reader, 6),
        RequestKey = StoredValue.IsNull(reader, 7) ? null : StoredValue.Text(reader, 7),
        BootId = StoredValue.IsNull(reader, 8) ? null : StoredValue.Text(reader, 8, before?.BootId),
        AskedAt = StoredValue.IsNull(reader, 9) ? null : StoredValue.Number(reader, 9),
        Details = StoredValue.IsNull(reader, 10) ? null : StoredValue.Bytes(reader, 10),
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
        Details = Details is null ? null : TaskDetails.Parser.ParseFrom(Details),
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
        Details = record.Details?.ToByteArray(),
    };
}
