using Levity.Daemon.LogStreaming;
using Levity.Daemon.Registry;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Daemon.Tests.LogStreaming;
using Levity.Logs;
using Levity.Protocol;

namespace Levity.Daemon.Tests.Tasks;

/// <summary>Removals that an earlier levityd has begun, and did not live to finish.</summary>
public sealed class CutOffRemovalTests : IAsyncLifetime
{
    private readonly SupervisedTasks _world = new();
    private readonly TaskId _id = TaskId.New();

    public ValueTask InitializeAsync()
    {
        _world.Registry.Durable[_id] = new TaskRecord
        {
            Id = _id,
            Owner = SupervisedTasks.Owner,
            CreatedAt = _world.Time.GetUtcNow(),
            Request = SupervisedTasks.SomeRequest(),
            RequestKey = "key",
            State = TaskState.Finished,
        };
        using var log = new TestLog(_world.Logs, _id.ToString()).Write("hello").Seal();
        LogRemoval.Begin(_world.Logs, _id.ToString());
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task One_that_had_just_begun_is_finished_before_anybody_asks()
    {
        await LoadAsync();

        AssertGone();
    }

    [Fact]
    public async Task One_whose_log_was_gone_is_finished_too()
    {
        LogRemoval.Empty(_world.Logs, _id.ToString());

        await LoadAsync();

        AssertGone();
    }

    [Fact]
    public async Task One_whose_record_was_gone_leaves_nothing_either()
    {
        _world.Registry.Durable.Clear();

        await LoadAsync();

        AssertGone();
    }

    [Fact]
    public async Task The_key_of_what_is_gone_is_free()
    {
        await LoadAsync();

        var request = SupervisedTasks.SomeRequest();
        request.RequestKey = "key";
        var outcome = await _world.Tasks.StartAsync(SupervisedTasks.Owner, request);

        Assert.NotEqual(_id, outcome.Id);
        Assert.False(outcome.KeyIsTaken);
    }

    [Fact]
    public async Task One_that_the_disk_will_not_have_is_reported_and_can_be_asked_for_again()
    {
        var obstacle = Directory.CreateDirectory(Path.Combine(_world.Logs, $"{_id}.removed", "not a file"));

        await LoadAsync();

        var task = _world.Find(_id);
        Assert.Contains($"{_id}", Assert.Single(_world.RemovalLogger.Messages), StringComparison.Ordinal);
        await Assert.ThrowsAsync<LogNotRemovedException>(() => RemoveAsync(task));

        obstacle.Delete();
        Assert.Equal(RemoveOutcome.Removed, await RemoveAsync(task));
        AssertGone();
    }

    [Fact]
    public async Task One_that_the_registry_has_no_room_for_does_not_keep_the_others()
    {
        var kept = await _world.LoadAsync(TaskState.Finished);
        AssertGone(kept);
        _world.Registry.Durable[_id] = kept.Record with { Id = _id };
        LogWriter.Create(Path.Combine(_world.Logs, _id.ToString())).Dispose();
        LogRemoval.Begin(_world.Logs, _id.ToString());
        _world.Registry.BeforeChange = (_, _) => throw ScriptedRegistry.Full();

        await LoadAsync();

        Assert.Single(_world.RemovalLogger.Messages);
        Assert.Equal([kept.Record.Id, _id], _world.Tasks.All.Select(task => task.Record.Id).OrderBy(id => id == _id));
    }

    private Task LoadAsync() => _world.Tasks.LoadAsync(TestContext.Current.CancellationToken);

    private Task<RemoveOutcome> RemoveAsync(ManagedTask task) => _world.Tasks.RemoveAsync(
        task, SupervisedTasks.Owner, force: false, TestContext.Current.CancellationToken);

    private void AssertGone(params ManagedTask[] but)
    {
        Assert.False(_world.Tasks.TryFind(_id, out _));
        Assert.Equal(but.Select(task => task.Record.Id), _world.Registry.Durable.Keys);
        Assert.Empty(Directory.GetFileSystemEntries(_world.Logs));
    }
}
