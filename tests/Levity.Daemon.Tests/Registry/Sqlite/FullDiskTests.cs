using Levity.Daemon.Registry;
using Levity.Daemon.Registry.Sqlite;
using Levity.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Levity.Daemon.Tests.Registry.Sqlite;

public sealed class FullDiskTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_fails_what_cannot_be_written_and_is_over_when_there_is_space_again()
    {
        using var disk = new SmallFileSystem(megabytes: 4);
        var acknowledged = new List<TaskRecord>();
        await using (var registry = SqliteTaskRegistry.Open(disk["registry.db"], NullLogger.Instance))
        {
            await AddAsync(registry, acknowledged, LargeRecord());
            var filler = disk.Fill();

            // What is left of the write-ahead log's last page may still take a record or two.
            await Assert.ThrowsAsync<RegistryUnavailableException>(async () =>
            {
                for (var i = 0; i < 100; i++)
                {
                    await AddAsync(registry, acknowledged, LargeRecord());
                }
            });
            await Assert.ThrowsAsync<RegistryUnavailableException>(() => AddAsync(registry, [], LargeRecord()));

            File.Delete(filler);
            await AddAsync(registry, acknowledged, LargeRecord());
        }

        await using var reopened = SqliteTaskRegistry.Open(disk["registry.db"], NullLogger.Instance);
        Assert.Equal(
            acknowledged.Select(record => record.Id.ToString()).Order(),
            (await Soon.Async(reopened.LoadAsync(Cancelled))).Select(record => record.Id.ToString()).Order());
    }

    private static async Task AddAsync(SqliteTaskRegistry registry, List<TaskRecord> acknowledged, TaskRecord record)
    {
        await Soon.Async(registry.AddAsync(record, Cancelled));
        acknowledged.Add(record);
    }

    private static TaskRecord LargeRecord() => new()
    {
        Id = TaskId.New(),
        Owner = "alice",
        CreatedAt = DateTimeOffset.UnixEpoch,
        Request = new StartTaskRequest { Binary = "echo", Args = { new string('x', 20_000) } },
        State = TaskState.NotStarted,
    };
}
