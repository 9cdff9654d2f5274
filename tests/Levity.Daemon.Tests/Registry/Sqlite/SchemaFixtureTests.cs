using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Levity.Daemon.Registry;
using Levity.Daemon.Registry.Sqlite;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;
using Levity.Protocol.Registry;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Levity.Daemon.Tests.Registry.Sqlite;

/// <summary>
/// Each schema that was ever written is kept as a file, made by the levityd of its day, and is read for ever. A new
/// schema gets its file from <see cref="Writes_the_fixture_of_todays_schema"/>; a file is never made again.
/// </summary>
public sealed class SchemaFixtureTests : IDisposable
{
    private const string FileVariable = "LEVITY_TEST_FIXTURE";

    private readonly TemporaryDirectory _directory = new();
    private readonly CollectingLogger<SqliteTaskRegistry> _logger = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task All_of_each_schema_is_read_and_from_then_on_is_todays(int schema)
    {
        var file = _directory["registry.db"];
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Registry/Sqlite/Fixtures", $"v{schema}.db"), file);

        await AssertHasAllAsync(file, schema);
        await AssertHasAllAsync(file, schema);

        Assert.Empty(_logger.Messages);
    }

    [Fact]
    public void Each_schema_has_its_fixture() => Assert.Equal(
        Enumerable.Range(1, RegistrySchema.Version).Select(schema => $"v{schema}.db"),
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Registry/Sqlite/Fixtures"))
            .Select(path => Path.GetFileName(path)!)
            .Order());

    [Fact]
    public async Task A_step_that_was_not_finished_is_taken_again()
    {
        var file = _directory["registry.db"];
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Registry/Sqlite/Fixtures/v1.db"), file);
        using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "BEGIN; ALTER TABLE tasks ADD COLUMN request_key TEXT;";
            command.ExecuteNonQuery();
        }

        await AssertHasAllAsync(file, schema: 1);
    }

    [Fact(Explicit = true)]
    public async Task Writes_the_fixture_of_todays_schema()
    {
        var file = Environment.GetEnvironmentVariable(FileVariable);
        Assert.SkipWhen(file is null, "only when a schema is new");
        await using var registry = SqliteTaskRegistry.Open(file!, NullLogger.Instance);
        foreach (var record in Records(RegistrySchema.Version))
        {
            await registry.AddAsync(record, CancellationToken.None);
        }
    }

    private async Task AssertHasAllAsync(string file, int schema)
    {
        await using var registry = SqliteTaskRegistry.Open(file, _logger);
        var read = await registry.LoadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(
            Records(schema).OrderBy(record => record.Id.ToString()), read.OrderBy(record => record.Id.ToString()));
    }

    private static List<TaskRecord> Records(int schema) =>
    [
        .. FirstRecords(),
        .. schema >= 2 ? [SecondRecord()] : Array.Empty<TaskRecord>(),
        .. schema >= 3 ? [ThirdRecord()] : Array.Empty<TaskRecord>(),
    ];

    private static TaskRecord SecondRecord() => new()
    {
        Id = Id(5),
        Owner = "bob",
        CreatedAt = At(5),
        Request = new StartTaskRequest { Binary = "true" },
        RequestKey = "nightly-2026-11-25",
        BootId = "5e0b8d4c-0f8e-4a51-9d60-6d5f0f7f9f1e",
        AskedAt = At(6).AddTicks(7),
        State = TaskState.Finished,
        ExitCode = 0,
        Ending = new Ending { EndedAt = new Timestamp { Seconds = 1_700_000_000 } },
    };

    private static TaskRecord ThirdRecord() => new()
    {
        Id = Id(6),
        Owner = "bob",
        CreatedAt = At(7),
        Request = new StartTaskRequest { Binary = "true" },
        State = TaskState.Finished,
        Details = new TaskDetails
        {
            Shares =
            {
                new TaskShare
                {
                    User = "alice",
                    Read = true,
                    SharedAt = new Timestamp { Seconds = 1_700_000_000 },
                    ExpiresAt = new Timestamp { Seconds = 1_700_003_600 },
                },
                new TaskShare { User = "carol", Read = true, Signal = true },
            },
            Account = "nobody",
            Certificate = new StartingCertificate
            {
                Chain =
                {
                    new StartingCertificate.Types.Number
                    {
                        Issuer = ByteString.CopyFromUtf8("CN=x"),
                        Serial = ByteString.CopyFrom(0x01, 0xff),
                    },
                },
                NotAfter = new Timestamp { Seconds = 1_700_000_000 },
            },
        },
    };

    private static List<TaskRecord> FirstRecords() =>
    [
        new()
        {
            Id = Id(1),
            Owner = "alice",
            CreatedAt = At(1),
            Request = new StartTaskRequest { Binary = "true" },
            State = TaskState.NotStarted,
        },
        new()
        {
            Id = Id(2),
            Owner = "o'hara@example.org",
            CreatedAt = At(2).AddTicks(1_234_567),
            Request = new StartTaskRequest
            {
                Binary = "/bin/sh",
                Args = { "-c", "echo ü; exit 3", "" },
                WorkingDir = "/srv",
                Environment = { ["TOKEN"] = "secret", ["EMPTY"] = "" },
            },
            State = TaskState.Finished,
            ExitCode = 3,
            Ending = new Ending
            {
                StartedAt = new Timestamp { Seconds = 1_700_000_000, Nanos = 1 },
                EndedAt = new Timestamp { Seconds = 1_700_000_001, Nanos = 999_999_999 },
                Usage = new ResourceUsage
                {
                    UserTime = new Duration { Nanos = 5_000 },
                    SystemTime = new Duration { Seconds = 1 },
                    MaxRssBytes = 15_000_000,
                },
            },
        },
        new()
        {
            Id = Id(3),
            Owner = "bob",
            CreatedAt = At(3),
            Request = new StartTaskRequest { Binary = "sleep", Args = { new string('9', 20_000) } },
            State = TaskState.BrutallyKilled,
            Ending = new Ending { Signal = 9, GraceExpired = true, ProcessesKilled = 2, StopRequestedBy = "bob" },
        },
        new()
        {
            Id = Id(4),
            Owner = "bob",
            CreatedAt = At(4),
            Request = new StartTaskRequest { Binary = "sleep", Args = { "1" } },
            State = TaskState.Lost,
            Ending = new Ending { Reason = "the supervisor was gone" },
        },
    ];

    private static TaskId Id(byte number) =>
        TaskId.TryParse($"7d6f1a2b-3c4d-4e5f-8a9b-0000000000{number:x2}", out var id) ? id : throw new FormatException();

    private static DateTimeOffset At(int minute) => new(2026, 11, 25, 12, minute, 0, TimeSpan.Zero);
}
