using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Levity.Daemon.Security;
using Levity.Daemon.Tasks;
using Levity.Protocol;
using TaskManager = Levity.Daemon.Tasks.TaskManager;

namespace Levity.Daemon.Api.Listing;

/// <summary>Tells what happens to tasks, as it happens: to one, until it is over, or to all that somebody has asked for.</summary>
internal sealed class TaskWatching(
    AccessPolicy policy, TaskManager tasks, TaskReporter reporter, CallLifetime lifetime, TimeProvider time)
{
    /// <summary>Tells of one task, which the caller may read.</summary>
    public async Task WatchAsync(
        ManagedTask task, IServerStreamWriter<WatchTaskResponse> responseStream, ServerCallContext context)
    {
        var caller = AccessInterceptor.CallerOf(context);
        using var call = lifetime.Begin(context, task);

        // Full when something has changed since the last look: however often, one look tells all of it.
        var changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        task.Changed += Note;
        try
        {
            while (true)
            {
                var isGone = task.IsGone;
                var report = reporter.Report(task, task.Record, caller);
                if (isGone && !task.IsOver)
                {
                    throw RpcErrors.NoSuchTask(task.Record.Id.ToString());
                }

                await call.SendAsync(responseStream, new WatchTaskResponse { Report = report });
                if (TaskReports.IsFinal(report))
                {
                    return;
                }

                await changed.Reader.ReadAsync(call.Token);
            }
        }
        catch (OperationCanceledException) when (call.EndedBecause is { } reason)
        {
            throw reason;
        }
        finally
        {
            task.Changed -= Note;
        }

        void Note(ManagedTask changedTask) => changed.Writer.TryWrite(true);
    }

    /// <summary>Tells of all tasks that were asked for.</summary>
    /// <param name="request">One that was checked.</param>
    public async Task WatchAsync(
        WatchTasksRequest request, IServerStreamWriter<WatchTasksResponse> responseStream, ServerCallContext context)
    {
        var caller = AccessInterceptor.CallerOf(context);
        var selection = new TaskSelection(request.Filter, caller, policy);
        using var call = lifetime.Begin(context);
        using var watcher = tasks.Changes.Watch(selection.Includes);
        var presentAt = 0L;
        try
        {
            await SendPresentAsync(task =>
                request.EndedSince is { } since && TaskSelection.HasEndedSince(task.Record, since));
            while (true)
            {
                var (changes, missedFrom) = await watcher.TakeAsync(call.Token);
                foreach (var change in changes.Where(IsNews))
                {
                    await SendAsync(EventOf(change));
                }

                if (missedFrom is { } number)
                {
                    await SendAsync(new WatchTasksResponse { Missed = new TasksMissed() });
                    await SendPresentAsync(task => task.LastChange >= number);
                }
            }
        }
        catch (OperationCanceledException) when (call.EndedBecause is { } reason)
        {
            throw reason;
        }

        async Task SendPresentAsync(Func<ManagedTask, bool> whenOver)
        {
            foreach (var task in tasks.Order.Walk(selection.Owner, newestFirst: false, from: null))
            {
                if (selection.Includes(task.Record) && (!task.IsOver || whenOver(task)))
                {
                    await SendAsync(new WatchTasksResponse { Task = reporter.Entry(task, task.Record, caller) });
                }
            }

            presentAt = tasks.Changes.Count;
            await SendAsync(new WatchTasksResponse { Synced = new TasksSynced() });
        }

        // What happened while the present states were sent is in some of them already: then only a task's last word counts,
        // so that no state is followed by one from before it. And it may have waited: what a caller may be told is asked again.
        bool IsNews(TaskChange change) =>
            (change.Number > presentAt || change.Number == change.Task.LastChange) && selection.MayBeTold(change.Task.Record);

        WatchTasksResponse EventOf(TaskChange change) => change.IsRemoval
            ? new WatchTasksResponse { Removed = new TaskHandle { Id = change.Record.Id.ToString() } }
            : new WatchTasksResponse { Task = reporter.Entry(change.Task, change.Record, caller) };

        Task SendAsync(WatchTasksResponse message)
        {
            message.Time = Timestamp.FromDateTimeOffset(time.GetUtcNow());
            return call.SendAsync(responseStream, message);
        }
    }
}
