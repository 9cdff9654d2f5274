using System.Collections.Concurrent;
using Levity.Daemon.Registry;
using Levity.Protocol;

namespace Levity.Daemon.Tests.Fakes;

/// <summary>A registry in memory whose writes fail or wait as the test says. What is in it counts as durable.</summary>
internal sealed class ScriptedRegistry(Journal journal) : ITaskRegistry
{
    public ConcurrentDictionary<TaskId, TaskRecord> Durable { get; } = new();

    /// <summary>Consulted before each change with its name and the task; may throw or wait.</summary>
    public Func<string, TaskId, Task> BeforeChange { get; set; } = (_, _) => Task.CompletedTask;

    public static RegistryUnavailableException Full() => new("the disk is full", new IOException());

    public Task<IReadOnlyList<TaskRecord>> LoadAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<TaskRecord>>([.. Durable.Values]);

    public async Task AddAsync(TaskRecord record, CancellationToken cancellationToken)
    {
        await BeforeChange("add", record.Id);
        Assert.True(Durable.TryAdd(record.Id, record));
        journal.Add($"added {record.Id}");
    }

    public async Task UpdateAsync(TaskRecord record, CancellationToken cancellationToken)
    {
        await BeforeChange("update", record.Id);
        if (Durable.ContainsKey(record.Id))
        {
            Durable[record.Id] = record;
        }

        journal.Add($"updated {record.Id} {record.State}");
    }

    public async Task TouchAsync(
        IReadOnlyCollection<(TaskId Id, DateTimeOffset AskedAt)> touched, CancellationToken cancellationToken)
    {
        foreach (var (id, askedAt) in touched)
        {
            await BeforeChange("touch", id);
            if (Durable.TryGetValue(id, out var record))
            {
                Durable[id] = record with { AskedAt = askedAt };
            }

            journal.Add($"touched {id}");
        }
    }

    public async Task RemoveAsync(TaskId id, CancellationToken cancellationToken)
    {
        await BeforeChange("remove", id);
        Durable.TryRemove(id, out _);
        journal.Add($"removed {id}");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
