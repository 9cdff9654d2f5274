using System.Threading.Channels;
using Levity.Daemon.LogStreaming;
using Levity.Daemon.Registry;
using Levity.Daemon.Supervision;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tasks;

/// <summary>
/// Keeps the tasks in step with what the supervisor tells. One loop takes its news in the order in which they came:
/// endings are written down, as many to a commit as have arrived, and then forgotten over there; after each new
/// connection all that the two sides disagree on is settled.
/// </summary>
internal sealed partial class TaskSupervision(
    TaskManager tasks,
    ISupervisor supervisor,
    LogTail tail,
    TaskOptions options,
    TimeProvider time,
    ILogger<TaskSupervision> logger)
    : ISupervisorEvents
{
    private const int LargestBatch = 1024;

    // Each ends in a commit, and commits are shared by those who wait for one at the same time.
    private const int SealsAtOnce = 256;
    private static readonly TimeSpan RegistryRetry = TimeSpan.FromSeconds(1);

    // No bound: one item for each task that ends, and one for each connection.
    private readonly Channel<News> _news = Channel.CreateUnbounded<News>(
        new UnboundedChannelOptions { SingleReader = true });

    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when all tasks have been settled with the supervisor for the first time.</summary>
    public Task Settled => _settled.Task;

    public void Connected(Welcome welcome)
    {
        // Watches do not outlive a connection: whoever waits for a log looks again, whatever the loop is waiting for.
        tail.WakeAll();
        _news.Writer.TryWrite(new News(welcome, Ended: null));
    }

    public void ChildEnded(ChildEnded ended) => _news.Writer.TryWrite(new News(Welcome: null, ended));

    public void ChildChanged(LiveChild child)
    {
        if (!TaskId.TryParse(child.TaskId, out var id) || !tasks.TryFind(id, out var task))
        {
            return;
        }

        NoteAttempt(task, child);
        if (child.Stopping)
        {
            task.TryMove(TaskState.Signalled);
        }
    }

    public void LogGrown(LogGrown grown) => tail.Advance(grown.TaskId, grown.End);

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var endings = new List<ChildEnded>();
        try
        {
            while (await _news.Reader.WaitToReadAsync(cancellationToken))
            {
                while (endings.Count < LargestBatch && _news.Reader.TryRead(out var news))
                {
                    if (news.Ended is { } ended)
                    {
                        endings.Add(ended);
                    }
                    else
                    {
                        // What came before the connection counts before it.
                        await EndAllAsync(endings, cancellationToken);
                        endings.Clear();
                        await SettleAsync(news.Welcome!, cancellationToken);
                    }
                }

                await EndAllAsync(endings, cancellationToken);
                endings.Clear();
            }
        }
        catch (OperationCanceledException)
        {
            // Nothing but the token cancels in here. Shutting down: what was not written down is told again to the next levityd.
        }
    }

    private async Task SettleAsync(Welcome welcome, CancellationToken cancellationToken)
    {
        Failpoints.Pass(Failpoint.SettleBegun);
        await EndAllAsync(welcome.Ended, cancellationToken);
        foreach (var child in welcome.Live)
        {
            await ResumeAsync(child, cancellationToken);
        }

        var known = welcome.Live.Select(child => child.TaskId).ToHashSet(StringComparer.Ordinal);
        var missing = tasks.Unfinished.Where(task => !known.Contains(task.Record.Id.ToString())).ToList();
        await Parallel.ForEachAsync(
            missing,
            new ParallelOptions { MaxDegreeOfParallelism = SealsAtOnce, CancellationToken = cancellationToken },
            async (task, token) => await SealAsync(task, token));

        _settled.TrySetResult();
    }

    private async Task ResumeAsync(LiveChild child, CancellationToken cancellationToken)
    {
        if (TaskId.TryParse(child.TaskId, out var id) && tasks.TryFind(id, out var task))
        {
            NoteAttempt(task, child);
            task.TryMove(child.Stopping ? TaskState.Signalled : TaskState.Running);
            return;
        }

        // Nobody owns it, so nobody could ever stop it.
        Log.UnownedChild(logger, child.TaskId);
        try
        {
            await supervisor.StopChildAsync(
                new StopChild
                {
                    TaskId = child.TaskId,
                    GraceMs = (long)options.Grace.TotalMilliseconds,
                    RequestedBy = "levityd",
                },
                cancellationToken);
        }
        catch (SupervisorUnavailableException)
        {
            // Found again after the next connection.
        }
    }

    private static void NoteAttempt(ManagedTask task, LiveChild child)
    {
        if (TaskEndings.AttemptOf(child) is { } attempt)
        {
            task.Attempt(attempt);
        }
    }

    // The supervisor does not know the task. It decides what that means: a start may be on its way to it just now.
    private async Task SealAsync(ManagedTask task, CancellationToken cancellationToken)
    {
        var record = task.Record;
        try
        {
            var reply = await supervisor.SealLogAsync(
                new SealLog { TaskId = record.Id.ToString(), Ending = tasks.LossOf(task) }, cancellationToken);
            if (reply.BodyCase == Reply.BodyOneofCase.ChildEnded)
            {
                await EndAllAsync([reply.ChildEnded], cancellationToken);
            }
            else if (reply.Failure.Kind == Failure.Types.Kind.Duplicate)
            {
                // A start that came first, whose answer went to a connection before this one: the task lives.
                task.TryMove(TaskState.Running);
            }
            else
            {
                Log.NotSealed(logger, record.Id, reply.Failure.Message);
            }
        }
        catch (SupervisorUnavailableException)
        {
            // Settled again after the next connection.
        }
    }

    private async Task EndAllAsync(IReadOnlyCollection<ChildEnded> endings, CancellationToken cancellationToken)
    {
        while (endings.Count > 0)
        {
            try
            {
                await Task.WhenAll(endings.DistinctBy(ended => ended.TaskId).Select(EndAsync));
                return;
            }
            catch (RegistryUnavailableException)
            {
                // A full disk, most likely. The endings stay here and with the supervisor until there is room.
                await Task.Delay(RegistryRetry, time, cancellationToken);
            }
        }
    }

    private async Task EndAsync(ChildEnded ended)
    {
        if (TaskId.TryParse(ended.TaskId, out var id) && tasks.TryFind(id, out var task))
        {
            await tasks.EndAsync(task, ended);
            tail.Wake(ended.TaskId);
        }

        Failpoints.Pass(Failpoint.ExitShown);
        supervisor.ForgetChild(ended.TaskId);
    }

    private readonly record struct News(Welcome? Welcome, ChildEnded? Ended);

    private static partial class Log
    {
        [LoggerMessage(301, LogLevel.Warning, "Task {Id} runs but is not on record: stopping it")]
        public static partial void UnownedChild(ILogger logger, string id);

        [LoggerMessage(302, LogLevel.Error, "Task {Id} could not be settled: {Reason}")]
        public static partial void NotSealed(ILogger logger, TaskId id, string reason);
    }
}
