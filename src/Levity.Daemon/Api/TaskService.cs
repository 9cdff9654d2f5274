using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Levity.Daemon.Api.Listing;
using Levity.Daemon.Api.Validation;
using Levity.Daemon.LogStreaming;
using Levity.Daemon.Registry;
using Levity.Daemon.Security;
using Levity.Daemon.Tasks;
using Levity.Logs;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using LogStream = Levity.Protocol.LogStream;
using TaskManager = Levity.Daemon.Tasks.TaskManager;

namespace Levity.Daemon.Api;

/// <summary>
/// The public API: looks at the request, finds the caller's task, translates. What a task is and does is decided
/// elsewhere.
/// </summary>
internal sealed class TaskService(
    AccessPolicy policy,
    TaskManager tasks,
    TaskSharing sharing,
    TaskExpiry expiry,
    LogFollower logs,
    AttachCall attach,
    CallLifetime lifetime,
    TaskReporter reporter,
    TaskListing listing,
    TaskWatching watching,
    StatsStream stats)
    : Protocol.TaskManager.TaskManagerBase
{
    // gRPC clients take messages up to 4 MiB unless told otherwise; the rest is for what stands around the bytes.
    private const int LargestFetch = 4 * 1024 * 1024 - 4096;

    public override async Task<StartTaskResponse> StartTask(StartTaskRequest request, ServerCallContext context)
    {
        RequestValidation.Check(request);
        RequestValidation.CheckAgainst(tasks.Options, request);
        var caller = AccessInterceptor.CallerOf(context);
        if (request.ValidateOnly)
        {
            var planned = tasks.Plan(caller.Name, request);
            return new StartTaskResponse { Plan = StartPlans.Of(planned, caller.Name, request) };
        }

        var outcome = await tasks.StartAsync(caller.Name, request, caller.Certificate);
        if (tasks.TryFind(outcome.Id, out var task))
        {
            // It may have been started long ago, with the same key.
            expiry.Asked(task);
        }

        return outcome switch
        {
            { KeyIsTaken: true } => throw RpcErrors.KeyIsTaken(request.RequestKey, outcome.Id.ToString()),
            { NameIsTakenBy: { } id } => throw RpcErrors.NameIsTaken(request.Name, id.ToString()),
            { OverLimit: { } limit } => throw RpcErrors.OverLimit(limit),
            { AccountProblem: { } problem } => throw RpcErrors.NoAccount(problem),
            { Failure: { } failure } => throw RpcErrors.StartFailed(failure),
            _ => new StartTaskResponse { TaskId = new TaskHandle { Id = outcome.Id.ToString() } },
        };
    }

    public override Task<QueryTaskResponse> QueryTask(QueryTaskRequest request, ServerCallContext context)
    {
        var task = Find(request.TaskId, context).Task;
        return Task.FromResult(
            reporter.Report(task, task.Record, AccessInterceptor.CallerOf(context), request.WithRequest));
    }

    public override Task<GetServerVersionResponse> GetServerVersion(
        GetServerVersionRequest request, ServerCallContext context) =>
        Task.FromResult(new GetServerVersionResponse { Version = ThisBuild.Version });

    public override Task<ListTasksResponse> ListTasks(ListTasksRequest request, ServerCallContext context)
    {
        RequestValidation.Check(request);
        return Task.FromResult(listing.List(request, AccessInterceptor.CallerOf(context)));
    }

    public override async Task WatchTask(
        WatchTaskRequest request, IServerStreamWriter<WatchTaskResponse> responseStream, ServerCallContext context)
    {
        var (task, rights) = Find(request.TaskId, context);
        using var attention = Attention(task, rights);
        await watching.WatchAsync(task, responseStream, context);
    }

    public override Task WatchTasks(
        WatchTasksRequest request, IServerStreamWriter<WatchTasksResponse> responseStream, ServerCallContext context)
    {
        RequestValidation.Check(request);
        return watching.WatchAsync(request, responseStream, context);
    }

    public override async Task<Empty> SignalTask(SignalTaskRequest request, ServerCallContext context)
    {
        var task = Find(request.TaskId, context).Task;
        RequestValidation.Check(request);
        if (request.HasSignal)
        {
            return await tasks.SignalAsync(task, request.Signal, request.Tree) is { } failure
                ? throw RpcErrors.NotSignalled(task.Record, failure)
                : new Empty();
        }

        await tasks.StopAsync(task, AccessInterceptor.CallerOf(context).Name, request.Grace?.ToTimeSpan());
        return new Empty();
    }

    public override async Task AttachTask(
        IAsyncStreamReader<AttachTaskRequest> requestStream,
        IServerStreamWriter<AttachTaskResponse> responseStream,
        ServerCallContext context)
    {
        var first = await attach.FirstAsync(requestStream, context);
        var (task, rights) = Find(first.TaskId, context);
        using var attention = Attention(task, rights);
        await attach.RunAsync(task, first, requestStream, responseStream, context);
    }

    public override async Task<ShareTaskResponse> ShareTask(ShareTaskRequest request, ServerCallContext context)
    {
        var task = Find(request.TaskId, context).Task;
        RequestValidation.Check(request);
        RequestValidation.CheckGrantee(request.User, task.Record.Owner, AccessInterceptor.CallerOf(context).Name);
        var share = await sharing.ShareAsync(task, request);
        return share is not null
            ? new ShareTaskResponse { Share = share }
            : throw RpcErrors.TooManyShares(request.TaskId.Id, TaskSharing.MostShares);
    }

    public override async Task<Empty> UnshareTask(UnshareTaskRequest request, ServerCallContext context)
    {
        var task = Find(request.TaskId, context).Task;
        RequestValidation.Check(request);
        return await sharing.UnshareAsync(task, request.User)
            ? new Empty()
            : throw RpcErrors.NotShared(request.TaskId.Id, request.User);
    }

    public override async Task<Empty> RemoveTask(RemoveTaskRequest request, ServerCallContext context)
    {
        var task = Find(request.TaskId, context).Task;
        var (id, caller) = (request.TaskId.Id, AccessInterceptor.CallerOf(context));
        using var call = lifetime.Begin(context, task);
        try
        {
            var outcome = await tasks.RemoveAsync(task, caller.Name, request.Force, call.Token);
            return outcome.Result switch
            {
                RemoveResult.Removed => new Empty(),
                RemoveResult.Gone => throw RpcErrors.NoSuchTask(id),
                _ when request.Force => throw RpcErrors.BeingStarted(id),
                _ => throw RpcErrors.NotOver(id, outcome.State),
            };
        }
        catch (OperationCanceledException) when (call.EndedBecause is { } reason)
        {
            throw reason;
        }
    }

    public override async Task<FetchLogsResponse> FetchLogs(FetchLogsRequest request, ServerCallContext context)
    {
        var (task, rights) = Find(request.TaskId, context);
        using var attention = Attention(task, rights);
        using var stdout = new MemoryStream();
        using var stderr = new MemoryStream();
        var response = new FetchLogsResponse();
        using var reader = await OpenAsync(task, id => logs.Open(id, cursor: 0), context.CancellationToken);
        await foreach (var (outcome, frame) in ReadAsync(task, reader, follow: false, context.CancellationToken))
        {
            switch (outcome)
            {
                case LogReadOutcome.Frame when stdout.Length + stderr.Length + frame.Payload.Length > LargestFetch:
                    throw RpcErrors.LogTooLarge(LargestFetch);
                case LogReadOutcome.Frame:
                    (LogMessages.StreamOf(frame) == LogStream.Stdout ? stdout : stderr).Write(frame.Payload.Span);
                    break;
                case LogReadOutcome.Gap:
                    response.Gaps.Add(LogMessages.GapOf(frame));
                    break;
            }
        }

        response.Stdout = UnsafeByteOperations.UnsafeWrap(stdout.GetBuffer().AsMemory(0, (int)stdout.Length));
        response.Stderr = UnsafeByteOperations.UnsafeWrap(stderr.GetBuffer().AsMemory(0, (int)stderr.Length));
        return response;
    }

    public override async Task StreamLogs(
        StreamLogsRequest request, IServerStreamWriter<StreamLogsResponse> responseStream, ServerCallContext context)
    {
        RequestValidation.Check(request);
        var (task, rights) = Find(request.TaskId, context);
        using var attention = Attention(task, rights);
        var selection = LogSelection.Of(request);
        using var call = lifetime.Begin(context, task);
        try
        {
            using var reader = await OpenAsync(
                task,
                id => request.HasTailLines
                    ? logs.OpenAtLines(id, request.TailLines, selection.Includes)
                    : logs.Open(id, request.Cursor),
                call.Token);
            if (request.HasTailLines && reader is { BeginsWithinFrame: false })
            {
                // Who is cut off before there is a line goes on from here, and not from wherever the end is then.
                await call.SendAsync(responseStream, new StreamLogsResponse { Cursor = reader.Cursor.Position });
            }

            await foreach (var (outcome, frame) in ReadAsync(task, reader, request.Follow, call.Token))
            {
                if (selection.Includes(outcome, frame))
                {
                    await call.SendAsync(responseStream, LogMessages.Of(outcome, frame));
                }
            }
        }
        catch (OperationCanceledException) when (call.EndedBecause is { } reason)
        {
            throw reason;
        }
    }

    public override Task StreamStats(
        StreamStatsRequest request, IServerStreamWriter<StreamStatsResponse> responseStream, ServerCallContext context)
    {
        RequestValidation.Check(request);
        return stats.RunAsync(request, request.TaskId is null ? null : Find(request.TaskId, context), responseStream, context);
    }

    private async IAsyncEnumerable<(LogReadOutcome Outcome, LogFrame Frame)> ReadAsync(
        ManagedTask task,
        LogReader? reader,
        bool follow,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var id = task.Record.Id.ToString();
        var reads = reader is null
            ? AsyncEnumerable.Empty<(LogReadOutcome Outcome, LogFrame Frame)>()
            : logs.ReadAsync(id, reader, follow, () => task.IsOver, cancellationToken);
        var end = default(LogFrame?);
        await foreach (var read in reads)
        {
            if (read.Outcome == LogReadOutcome.AtEnd)
            {
                end = read.Frame;
                break;
            }

            yield return read;
            if (read.Outcome == LogReadOutcome.Sealed)
            {
                yield break;
            }
        }

        // Removed under the reader: what looked like the end of the log may not have been it.
        if (task.IsRemoved)
        {
            throw await RemovedAsync(task, cancellationToken);
        }

        if (end is not { } frame)
        {
            yield break;
        }

        // Over, and its end is not in the log, because the disk is full. The record tells whether more is missing.
        if (task.Record.Ending is { LostLogBytes: > 0 })
        {
            yield return (LogReadOutcome.Gap, frame with { GapReason = LogGapReason.NotWritten });
        }

        yield return (LogReadOutcome.Sealed, frame);
    }

    // No reader for a task that is not executed yet: it has written nothing. All others have a log.
    private static async Task<LogReader?> OpenAsync(
        ManagedTask task, Func<string, LogReader?> open, CancellationToken cancellationToken)
    {
        // Asked before the log is looked for, which is there before the task moves on.
        var mayHaveNone = task.Record.State == TaskState.NotStarted;
        var id = task.Record.Id.ToString();
        try
        {
            if (open(id) is { } reader)
            {
                return reader;
            }
        }
        catch (InvalidCursorException) when (task.IsRemoved)
        {
            // What it was a place in is going just now.
        }

        if (task.IsRemoved)
        {
            throw await RemovedAsync(task, cancellationToken);
        }

        return mayHaveNone ? null : throw RpcErrors.LogIsGone(id);
    }

    // NOT_FOUND is for ever: it is not said before it is so.
    private static async Task<RpcException> RemovedAsync(ManagedTask task, CancellationToken cancellationToken)
    {
        var id = task.Record.Id.ToString();
        return await task.WhenRemovedAsync(cancellationToken) ? RpcErrors.NoSuchTask(id) : RpcErrors.NotRemoved(id);
    }

    private (ManagedTask Task, Rights Rights) Find(TaskHandle? handle, ServerCallContext context)
    {
        var id = RequestValidation.RequireId(handle);
        var caller = AccessInterceptor.CallerOf(context);
        tasks.TryFind(id, out var task);
        var rights = policy.RightsTo(task?.Record, caller);
        var refusal = RpcErrors.RefusalOf(AccessPolicy.NeededBy(context.Method), rights, caller.Name, handle!.Id);
        if (task is null || refusal is not null)
        {
            throw task is null ? RpcErrors.NoSuchTask(handle.Id) : refusal!;
        }

        if (rights.HasFlag(Rights.Own))
        {
            expiry.Asked(task);
        }

        return (task, rights);
    }

    // Who reads asks all the time; what keeps a task is that its owner does.
    private IDisposable Attention(ManagedTask task, Rights rights) => expiry.Reading(task, rights.HasFlag(Rights.Own));
}
