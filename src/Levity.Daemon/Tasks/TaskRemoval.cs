using Levity.Daemon.LogStreaming;
using Levity.Daemon.Registry;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tasks;

/// <summary>
/// The steps by which a task goes: that it goes is written down first, by the name of its log, and what has begun is
/// finished by the next levityd, before anybody can ask. So nobody ever sees a task half of which is gone, but where the
/// disk fails. Its log goes before its record, which so has room to be removed on a full disk.
/// </summary>
internal sealed partial class TaskRemoval(TaskLogs logs, ITaskRegistry registry, ILogger<TaskRemoval> logger)
{
    /// <summary>
    /// Removes log and record. Throws <see cref="RegistryUnavailableException"/> or
    /// <see cref="LogNotRemovedException"/>; what had been done by then stays done, and it can be called again.
    /// </summary>
    /// <param name="id">A task that is over.</param>
    /// <param name="drop">Called as soon as there is no record any more.</param>
    public async Task RunAsync(TaskId id, Action drop)
    {
        logs.BeginRemoval(id.ToString());
        Failpoints.Pass(Failpoint.RemoveBegun);
        await FinishAsync(id, drop);
    }

    /// <summary>
    /// Finishes what an earlier levityd has begun. A disk that will not have it is no reason not to start: such a task
    /// is still there, without its log, and can be removed again.
    /// </summary>
    public Task FinishAllAsync(Action<TaskId> drop) => Task.WhenAll(Unfinished().Select(async id =>
    {
        try
        {
            await FinishAsync(id, () => drop(id));
        }
        catch (IOException e)
        {
            Log.NotFinished(logger, id, e);
        }
    }));

    private async Task FinishAsync(TaskId id, Action drop)
    {
        logs.Remove(id.ToString());
        Failpoints.Pass(Failpoint.RemoveLogGone);
        await registry.RemoveAsync(id, CancellationToken.None);
        drop();
        Failpoints.Pass(Failpoint.RemoveRecorded);
        logs.EndRemoval(id.ToString());
    }

    private List<TaskId> Unfinished()
    {
        try
        {
            return [.. logs.UnfinishedRemovals().SelectMany(IdsOf)];
        }
        catch (IOException e)
        {
            Log.NotLookedFor(logger, e);
            return [];
        }
    }

    // What is none of ours stays.
    private static IEnumerable<TaskId> IdsOf(string name) => TaskId.TryParse(name, out var id) ? [id] : [];

    private static partial class Log
    {
        [LoggerMessage(411, LogLevel.Error,
            "The removal of task {Id}, which an earlier levityd has begun, cannot be finished: its log is gone, its record "
            + "is not. It can be removed again (levity rm), and the next start tries again")]
        public static partial void NotFinished(ILogger logger, TaskId id, Exception exception);

        [LoggerMessage(412, LogLevel.Error, "Whether removals were begun and not finished cannot be told")]
        public static partial void NotLookedFor(ILogger logger, Exception exception);
    }
}
