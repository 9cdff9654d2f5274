using Levity.Daemon.LogStreaming;
using Levity.Daemon.Registry;
using Levity.Daemon.Registry.Sqlite;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using TaskManager = Levity.Daemon.Tasks.TaskManager;

namespace Levity.Daemon.Tests.Tasks;

/// <summary>
/// Shares and the end of a task change the same record: whatever comes together with what, and in whatever order, none
/// undoes another, neither in memory nor on the disk.
/// </summary>
public sealed class SharingRaceTests
{
    private enum Step
    {
        End,
        Stop,
        ShareWithBob,
        ShareWithCarol,
        TakeBackFromDave,
    }

    [Fact]
    public async Task In_every_order_in_which_changes_are_asked_for_all_of_them_are_there_in_the_end()
    {
        var orders = Orders([]).ToList();
        foreach (var order in orders)
        {
            await using var world = new SupervisedTasks();
            var task = await world.StartAsync();
            await world.Sharing.ShareAsync(task, Share("dave"));

            // Nothing is durable before all of it was asked for.
            var commit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            world.Registry.BeforeChange = (_, _) => commit.Task;
            var changes = order.Select(step => TakeAsync(world.Tasks, world.Sharing, task, step)).ToList();
            commit.SetResult();
            await Soon.Async(Task.WhenAll(changes));

            var what = string.Join(", ", order);
            Assert.Equal((what, Final), (what, Told(task.Record)));
            Assert.Equal((what, Final), (what, Told(world.Registry.Durable[task.Record.Id])));
        }

        Assert.Equal(120, orders.Count);
    }

    [Fact]
    public async Task What_many_threads_change_at_once_in_a_real_registry_is_all_there_after_a_restart()
    {
        using var directory = new TemporaryDirectory();
        var file = directory["registry.db"];
        var logger = new CollectingLogger<SqliteTaskRegistry>();
        await using (var registry = SqliteTaskRegistry.Open(file, logger))
        {
            await registry.LoadAsync(TestContext.Current.CancellationToken);
            var logs = new TaskLogs(directory.Path);
            var tasks = new TaskManager(
                registry, new ScriptedSupervisor(new Journal()), logs,
                new TaskRemoval(logs, registry, new CollectingLogger<TaskRemoval>()), new TaskAccounts(AccountTable.None),
                new TaskOptions(), SupervisedTasks.Boot, TimeProvider.System);
            var sharing = new TaskSharing(registry, TimeProvider.System);
            await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
            {
                var outcome = await tasks.StartAsync("alice", SupervisedTasks.SomeRequest());
                Assert.True(tasks.TryFind(outcome.Id, out var task));
                await sharing.ShareAsync(task, Share("dave"));
                await Task.WhenAll(Enum.GetValues<Step>().Select(step => Task.Run(
                    () => TakeAsync(tasks, sharing, task, step), TestContext.Current.CancellationToken)));
            }));
        }

        await using var again = SqliteTaskRegistry.Open(file, logger);
        var records = await again.LoadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(100, records.Count);
        Assert.All(records, record => Assert.Equal(Final, Told(record)));
        Assert.Empty(logger.Messages);
    }

    private const string Final = "Finished 7: bob, carol";

    private static string Told(TaskRecord record) =>
        $"{record.State} {record.ExitCode}: {string.Join(", ", record.Details!.Shares.Select(share => share.User).Order())}";

    private static Task TakeAsync(TaskManager tasks, TaskSharing sharing, ManagedTask task, Step step) => step switch
    {
        Step.End => tasks.EndAsync(task, new ChildEnded { TaskId = $"{task.Record.Id}", ExitCode = 7, EndedAtUnixNs = 1 }),
        Step.Stop => tasks.StopAsync(task, "alice"),
        Step.ShareWithBob => sharing.ShareAsync(task, Share("bob")),
        Step.ShareWithCarol => sharing.ShareAsync(task, Share("carol")),
        _ => sharing.UnshareAsync(task, "dave"),
    };

    private static ShareTaskRequest Share(string user) => new() { User = user, Read = true };

    private static IEnumerable<List<Step>> Orders(List<Step> taken)
    {
        var left = Enum.GetValues<Step>().Except(taken).ToList();
        return left.Count == 0 ? [taken] : left.SelectMany(step => Orders([.. taken, step]));
    }
}
