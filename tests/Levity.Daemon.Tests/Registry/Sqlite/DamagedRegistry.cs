using System.Text;
using Levity.Daemon.Registry;
using Levity.Daemon.Registry.Sqlite;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Levity.Daemon.Tests.Registry.Sqlite;

/// <summary>
/// The files of a registry, with what was ever acknowledged in it, to be damaged in a directory of a test's own.
/// </summary>
internal sealed class DamagedRegistry : IDisposable
{
    public const int PageSize = 4096;

    // In memory where there is such a place: these tests are about contents, and open thousands of files.
    private readonly DirectoryInfo _directory = Directory.Exists("/dev/shm")
        ? Directory.CreateDirectory($"/dev/shm/levity-{Guid.NewGuid()}")
        : Directory.CreateTempSubdirectory("levity-");

    /// <summary>What each record has been, the last one last.</summary>
    public Dictionary<TaskId, List<TaskRecord>> History { get; } = [];

    public CollectingLogger<SqliteTaskRegistry> Logger { get; } = new();

    /// <summary>The database, and the log of a levityd that was killed.</summary>
    public byte[] Database { get; private set; } = [];

    public byte[] Wal { get; private set; } = [];

    public string File => Path.Combine(_directory.FullName, "registry.db");

    public string[] SetAside => Directory.GetFiles(_directory.FullName, "registry.db.damaged-*");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<DamagedRegistry> CreateAsync()
    {
        var registry = new DamagedRegistry();
        await registry.FillAsync();
        return registry;
    }

    /// <summary>Puts the files there, and nothing else.</summary>
    public void Place(byte[] database, byte[]? wal = null)
    {
        foreach (var file in _directory.EnumerateFiles())
        {
            file.Delete();
        }

        System.IO.File.WriteAllBytes(File, database);
        if (wal is not null)
        {
            System.IO.File.WriteAllBytes($"{File}-wal", wal);
        }

        Logger.Messages.Clear();
    }

    /// <summary>Opens it, which must always work, uses it, opens it again, and gives what was found.</summary>
    public async Task<IReadOnlyList<TaskRecord>> OpenAsync()
    {
        IReadOnlyList<TaskRecord> found;
        await using (var registry = SqliteTaskRegistry.Open(File, Logger))
        {
            found = await registry.LoadAsync(Cancelled);
            var record = NewRecord(0);
            await registry.AddAsync(record, Cancelled);
            await registry.UpdateAsync(record with { State = TaskState.Finished, Ending = new Ending() }, Cancelled);
            await registry.RemoveAsync(record.Id, Cancelled);
        }

        var messages = Logger.Messages.Count;
        await using (var registry = SqliteTaskRegistry.Open(File, Logger))
        {
            Assert.Equal(Sorted(found), Sorted(await registry.LoadAsync(Cancelled)));
        }

        Assert.Equal(messages, Logger.Messages.Count);
        return found;
    }

    /// <summary>The records whose row is on this page of the database.</summary>
    public IEnumerable<TaskId> RecordsOn(int page)
    {
        var bytes = Database.AsSpan((page - 1) * PageSize, PageSize).ToArray();

        // In a row of the table, and only there, the id is followed by the owner.
        return History.Where(entry => bytes.AsSpan().IndexOf(
                (byte[])[.. entry.Key.ToByteArray(), .. Encoding.UTF8.GetBytes(entry.Value[0].Owner)]) >= 0)
            .Select(entry => entry.Key);
    }

    /// <summary>https://www.sqlite.org/fileformat2.html#b_tree_pages: 2 has children, 10 is a leaf, others are neither.</summary>
    public int KindOf(int page) => Database[(page - 1) * PageSize + (page == 1 ? 100 : 0)];

    public static IEnumerable<TaskRecord> Sorted(IEnumerable<TaskRecord> records) =>
        records.OrderBy(record => record.Id.ToString(), StringComparer.Ordinal);

    public void Dispose() => _directory.Delete(recursive: true);

    private static TaskRecord NewRecord(int number) => new()
    {
        Id = TaskId.New(),
        Owner = number % 2 == 0 ? "alice" : "bob",
        CreatedAt = DateTimeOffset.UnixEpoch.AddSeconds(number),
        Request = new StartTaskRequest
        {
            Binary = "sleep",
            Args = { $"{number}", new string('x', number % 40 == 7 ? 20_000 : 60) },
        },
        RequestKey = number % 3 == 0 ? $"key-{Guid.NewGuid()}" : null,
        BootId = "5e0b8d4c-0f8e-4a51-9d60-6d5f0f7f9f1e",
        AskedAt = number % 4 == 0 ? DateTimeOffset.UnixEpoch.AddDays(number) : null,
        State = TaskState.NotStarted,
    };

    private async Task FillAsync()
    {
        await using (var registry = SqliteTaskRegistry.Open(File, NullLogger.Instance))
        {
            await AddAsync(registry, 120);
            await EndAsync(registry, History.Values.Take(60));
        }

        Database = await System.IO.File.ReadAllBytesAsync(File, Cancelled);
        await using (var registry = SqliteTaskRegistry.Open(File, NullLogger.Instance))
        {
            await EndAsync(registry, History.Values.Skip(80));
            await AddAsync(registry, 40);
            Assert.Equal(Database, await System.IO.File.ReadAllBytesAsync(File, Cancelled));
            Wal = await System.IO.File.ReadAllBytesAsync($"{File}-wal", Cancelled);
        }
    }

    private async Task AddAsync(SqliteTaskRegistry registry, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var record = NewRecord(i);
            await registry.AddAsync(record, Cancelled);
            History[record.Id] = [record];
        }
    }

    private static async Task EndAsync(SqliteTaskRegistry registry, IEnumerable<List<TaskRecord>> records)
    {
        foreach (var history in records)
        {
            var over = history[^1] with { State = TaskState.Finished, ExitCode = 3, Ending = new Ending { Reason = "" } };
            await registry.UpdateAsync(over, Cancelled);
            history.Add(over);
        }
    }
}
