using Levity.Daemon.Registry;
using Levity.Daemon.Tasks;
using Levity.Protocol;

namespace Levity.Daemon.Tests.Tasks;

public sealed class ManagedTaskTests
{
    private static readonly TaskState[] States = Enum.GetValues<TaskState>();

    [Fact]
    public void A_move_that_the_table_allows_changes_the_record()
    {
        var task = NewTask();

        Assert.True(task.TryMove(TaskState.Finished, record => record with { ExitCode = 3 }));

        Assert.Equal(TaskState.Finished, task.Record.State);
        Assert.Equal(3, task.Record.ExitCode);
        Assert.True(task.IsOver);
    }

    [Fact]
    public void A_move_that_the_table_forbids_changes_nothing()
    {
        var task = NewTask();
        task.TryMove(TaskState.Finished);
        var before = task.Record;

        Assert.False(task.TryMove(TaskState.Running, _ => throw new InvalidOperationException("not to be asked")));

        Assert.Same(before, task.Record);
    }

    [Fact]
    public async Task Whoever_waits_for_the_end_is_woken_by_it_and_by_nothing_else()
    {
        var task = NewTask();
        var waiting = task.WhenOverAsync(TestContext.Current.CancellationToken);
        var another = task.WhenOverAsync(TestContext.Current.CancellationToken);

        task.TryMove(TaskState.Running);
        task.TryMove(TaskState.Signalled);
        Assert.False(waiting.IsCompleted);
        task.TryMove(TaskState.BrutallyKilled);

        await Soon.Async(Task.WhenAll(waiting, another, task.WhenOverAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task However_many_pull_at_it_a_task_moves_only_along_the_table()
    {
        for (var round = 0; round < 500; round++)
        {
            var task = NewTask();
            var moves = new List<TaskState> { task.Record.State };
            using var together = new Barrier(2);
            await Task.WhenAll(new[] { 2 * round, (2 * round) + 1 }.Select(
                seed => Task.Run(() => PullAtRandom(seed), TestContext.Current.CancellationToken)));

            Assert.All(
                moves.Zip(moves.Skip(1)), move => Assert.True(TaskTransitions.IsAllowed(move.First, move.Second)));
            Assert.Equal(moves[^1], task.Record.State);

            void PullAtRandom(int seed)
            {
                var order = new Random(seed).GetItems(States, 20);
                together.SignalAndWait();
                foreach (var state in order)
                {
                    // The change is made one at a time, whoever makes it: a plain list can tell their order.
                    task.TryMove(state, record =>
                    {
                        moves.Add(state);
                        return record;
                    });
                }
            }
        }
    }

    private static ManagedTask NewTask() => new(new TaskRecord
    {
        Id = TaskId.New(),
        Owner = "alice",
        CreatedAt = DateTimeOffset.UnixEpoch,
        Request = new StartTaskRequest { Binary = "true" },
        State = TaskState.NotStarted,
    });
}
