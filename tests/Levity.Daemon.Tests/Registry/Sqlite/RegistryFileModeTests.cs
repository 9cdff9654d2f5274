using Levity.Daemon.Registry;
using Levity.Daemon.Registry.Sqlite;
using Levity.Linux;
using Levity.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Levity.Daemon.Tests.Registry.Sqlite;

/// <summary>Alone, because the umask is the whole process's.</summary>
[Collection(nameof(RegistryFileModeTests))]
[CollectionDefinition(nameof(RegistryFileModeTests), DisableParallelization = true)]
public sealed class RegistryFileModeTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(0x12)] // 022
    [InlineData(0x3f)] // 077
    public async Task Requests_hold_secrets_so_the_files_are_for_their_user_only(int umask)
    {
        var before = ProcessUmask.Set(umask);
        try
        {
            await using var registry = SqliteTaskRegistry.Open(_directory["registry.db"], NullLogger.Instance);
            await registry.AddAsync(NewRecord(), TestContext.Current.CancellationToken);

            var modes = Directory.GetFiles(_directory.Path)
                .ToDictionary(file => Path.GetFileName(file)!, File.GetUnixFileMode);

            Assert.Contains("registry.db-wal", modes.Keys);
            Assert.All(modes.Values, mode => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode));
        }
        finally
        {
            ProcessUmask.Set(before);
        }
    }

    private static TaskRecord NewRecord() => new()
    {
        Id = TaskId.New(),
        Owner = "alice",
        CreatedAt = DateTimeOffset.UnixEpoch,
        Request = new StartTaskRequest { Binary = "true", Environment = { ["TOKEN"] = "secret" } },
        State = TaskState.NotStarted,
    };
}
