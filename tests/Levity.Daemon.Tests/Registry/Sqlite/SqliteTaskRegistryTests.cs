using Levity.Daemon.Registry;
using Levity.Daemon.Registry.Sqlite;
using Levity.Daemon.Tests.Fakes;
using Microsoft.Data.Sqlite;

namespace Levity.Daemon.Tests.Registry.Sqlite;

public sealed class SqliteTaskRegistryTests : TaskRegistryContract, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly CollectingLogger<SqliteTaskRegistry> _logger = new();

    private string File => _directory["registry.db"];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("a request that is no message", "request = x'ffffffff'")]
    [InlineData("a request with broken text", "request = x'0a02c328'")]
    [InlineData("an ending that is no message", "ending = x'ffffffff'")]
    [InlineData("a state of a newer levityd", "state = 99")]
    [InlineData("a state below all states", "state = -1")]
    [InlineData("a state beyond all numbers", "state = 4294967296001")]
    [InlineData("an exit code beyond all numbers", "exit_code = 4294967296001")]
    [InlineData("a time before all time", "created_at = -1")]
    [InlineData("a time after all time", "created_at = 9223372036854775807")]
    [InlineData("an id that is none", "id = x'010203'")]
    [InlineData("another owner", "owner = 'bob'")]
    [InlineData("another case of the owner", "owner = 'Alice'")]
    [InlineData("no owner, as bytes", "owner = x''")]
    [InlineData("another state", "state = 3")]
    [InlineData("another time", "created_at = created_at + 1")]
    [InlineData("another request", "request = x'0a026c73'")]
    [InlineData("an exit code", "exit_code = 0")]
    [InlineData("an ending", "ending = x''")]
    [InlineData("a key", "request_key = 'key'")]
    [InlineData("an empty key", "request_key = ''")]
    [InlineData("another boot", "boot_id = ''")]
    [InlineData("another time of asking", "asked_at = 1")]
    [InlineData("another checksum", "checksum = checksum + 1")]
    public async Task A_damaged_record_is_reported_once_and_left_out_and_kept_in_the_quarantine(string what, string damage)
    {
        var bad = NewRecord();
        var good = Enumerable.Range(0, 10).Select(_ => NewRecord()).ToList();
        await ChangeAsync(registry => Task.WhenAll(good.Append(bad).Select(
            record => registry.AddAsync(record, TestContext.Current.CancellationToken))));

        Execute($"UPDATE tasks SET {damage} WHERE id = x'{Convert.ToHexString(bad.Id.ToByteArray())}'");

        AssertSame(good, await ReadBackAsync());
        AssertSame(good, await ReadBackAsync());
        Assert.True(_logger.Messages.Count == 1, what);
        var aside = Assert.Single(Directory.GetFiles(_directory.Path, "registry.db.damaged-*Z"));
        Assert.Contains(aside, _logger.Messages.Single(), StringComparison.Ordinal);
        Assert.Equal(11L, Scalar(aside, "SELECT count(*) FROM tasks"));
    }

    [Theory]
    [InlineData("a state of a newer levityd", 99)]
    [InlineData("a state below all states", -1)]
    [InlineData("a state beyond all numbers", 4294967296001)]
    public async Task A_record_of_a_newer_levityd_is_left_out_and_kept_for_that_one(string what, long state)
    {
        await ReadBackAsync();
        var row = RegistryRow.Of(NewRecord()) with { State = state };
        using (var connection = RegistryDatabase.Open(File))
        using (var statements = new RegistryStatements(connection))
        {
            statements.Insert(row with { Checksum = RowChecksum.Of(row) });
        }

        Assert.Empty(await ReadBackAsync());
        Assert.True(_logger.Messages.Count == 1, what);
        Assert.Equal(1L, Scalar(File, "SELECT count(*) FROM tasks"));
    }

    [Theory]
    [InlineData("ffffffff")]
    [InlineData("0a02c328")]
    public async Task A_record_with_a_request_that_was_written_like_that_is_left_out_and_kept(string request)
    {
        var good = Enumerable.Range(0, 3000).Select(_ => NewRecord()).ToList();
        await ChangeAsync(registry => Task.WhenAll(
            good.Select(record => registry.AddAsync(record, TestContext.Current.CancellationToken))));
        var row = RegistryRow.Of(NewRecord()) with { Request = Convert.FromHexString(request) };
        using (var connection = RegistryDatabase.Open(File))
        using (var statements = new RegistryStatements(connection))
        {
            statements.Insert(row with { Checksum = RowChecksum.Of(row) });
        }

        // As many as are taken apart in several parts.
        AssertSame(good, await ReadBackAsync());
        Assert.Contains(Convert.ToHexString(row.Id), Assert.Single(_logger.Messages), StringComparison.Ordinal);
        Assert.Equal(3001L, Scalar(File, "SELECT count(*) FROM tasks"));
    }

    [Theory]
    [InlineData("owner = 'bob'")]
    [InlineData("asked_at = 638000000000000000")]
    public async Task Touching_a_damaged_record_does_not_make_it_a_good_one(string damage)
    {
        var record = NewRecord();
        await ChangeAsync(registry => registry.AddAsync(record, TestContext.Current.CancellationToken));
        Execute($"UPDATE tasks SET {damage}");

        await ChangeAsync(registry => registry.TouchAsync(
            [(record.Id, DateTimeOffset.UnixEpoch)], TestContext.Current.CancellationToken));

        Assert.Empty(await ReadBackAsync());
    }

    [Fact]
    public async Task The_schema_of_a_newer_levityd_is_refused_with_its_number_and_the_file()
    {
        await ReadBackAsync();
        var newer = RegistrySchema.Version + 1;
        Execute($"PRAGMA user_version = {newer}; PRAGMA application_id = {0x4c760000 + newer}");

        await using var registry = SqliteTaskRegistry.Open(File, _logger);
        var e = await Assert.ThrowsAsync<NotSupportedException>(() => registry.Sound);

        Assert.Contains($"schema {newer}", e.Message, StringComparison.Ordinal);
        Assert.Contains(File, e.Message, StringComparison.Ordinal);

        // Whoever waits for anything is told the same, whether he came before or after.
        Assert.Same(e, await Assert.ThrowsAsync<NotSupportedException>(
            () => registry.LoadAsync(TestContext.Current.CancellationToken)));
        Assert.Contains($"schema {newer}", $"{await Assert.ThrowsAnyAsync<Exception>(
            () => registry.AddAsync(NewRecord(), TestContext.Current.CancellationToken))}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PRAGMA user_version = 4")]
    [InlineData("PRAGMA user_version = 0")]
    [InlineData("PRAGMA user_version = -1")]
    [InlineData("PRAGMA application_id = 1")]
    public async Task A_schema_that_does_not_agree_with_itself_is_damage_and_costs_nothing(string damage)
    {
        var record = NewRecord();
        await ChangeAsync(registry => registry.AddAsync(record, TestContext.Current.CancellationToken));
        Execute(damage);

        AssertSame([record], await ReadBackAsync());
        Assert.Single(_logger.Messages);
    }

    [Fact]
    public void The_SQLite_in_use_keeps_acknowledged_commits()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();

        Assert.True(Version.Parse(connection.ServerVersion) >= new Version(3, 51, 3), connection.ServerVersion);
    }

    [Fact]
    public async Task An_acknowledged_commit_is_on_the_disk()
    {
        await ReadBackAsync();

        using var connection = RegistryDatabase.Open(File);

        Assert.Equal(["wal", 2L, "exclusive"], Pragmas(connection, "journal_mode", "synchronous", "locking_mode"));
    }

    private protected override ITaskRegistry Open() => SqliteTaskRegistry.Open(File, _logger);

    private static List<object?> Pragmas(SqliteConnection connection, params string[] names) =>
        [.. names.Select(name =>
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The names are written above.
            command.CommandText = $"PRAGMA {name}";
#pragma warning restore CA2100
            return command.ExecuteScalar();
        })];

    private static object? Scalar(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own text.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own text.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
