using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Levity.Protocol;

namespace Levity.Cli.Tests.Server;

/// <summary>Answers each call with what the test put there.</summary>
internal sealed class ScriptedTaskManager : TaskManager.TaskManagerBase
{
    public Func<StartTaskRequest, StartTaskResponse> Start { get; set; } = _ => throw NotScripted();

    public Func<QueryTaskRequest, ServerCallContext, Task<QueryTaskResponse>> Query { get; set; } =
        (_, _) => throw NotScripted();

    public Action<SignalTaskRequest> Signal { get; set; } = _ => throw NotScripted();

    public Func<ShareTaskRequest, TaskShare> Share { get; set; } = _ => throw NotScripted();

    public Action<UnshareTaskRequest> Unshare { get; set; } = _ => throw NotScripted();

    /// <summary>Unless the test says otherwise, whatever is looked for is all of the id of a task.</summary>
    public Func<ListTasksRequest, ListTasksResponse> List { get; set; } = request => new ListTasksResponse
    {
        Tasks =
        {
            new TaskEntry
            {
                TaskId = new TaskHandle { Id = request.Filter.HasName ? request.Filter.Name : request.Filter.IdPrefix },
                Report = new QueryTaskResponse(),
            },
        },
    };

    public Func<GetServerVersionResponse> Version { get; set; } = () => throw NotScripted();

    public Func<WatchTaskRequest, IServerStreamWriter<WatchTaskResponse>, ServerCallContext, Task> Watch { get; set; } =
        (_, _, _) => throw NotScripted();

    public Func<WatchTasksRequest, IServerStreamWriter<WatchTasksResponse>, ServerCallContext, Task> WatchAll { get; set; } =
        (_, _, _) => throw NotScripted();

    public Func<RemoveTaskRequest, Task> Remove { get; set; } = _ => throw NotScripted();

    public Func<StreamLogsRequest, IServerStreamWriter<StreamLogsResponse>, ServerCallContext, Task> Stream
    {
        get;
        set;
    } = (_, _, _) => throw NotScripted();

    public Func<StreamStatsRequest, IServerStreamWriter<StreamStatsResponse>, ServerCallContext, Task> Stats
    {
        get;
        set;
    } = (_, _, _) => throw NotScripted();

    public override Task StreamStats(
        StreamStatsRequest request, IServerStreamWriter<StreamStatsResponse> responseStream, ServerCallContext context) =>
        Stats(request, responseStream, context);

    public override Task<StartTaskResponse> StartTask(StartTaskRequest request, ServerCallContext context) =>
        Task.FromResult(Start(request));

    public override Task<QueryTaskResponse> QueryTask(QueryTaskRequest request, ServerCallContext context) =>
        Query(request, context);

    public override Task<Empty> SignalTask(SignalTaskRequest request, ServerCallContext context)
    {
        Signal(request);
        return Task.FromResult(new Empty());
    }

    public override Task<ShareTaskResponse> ShareTask(ShareTaskRequest request, ServerCallContext context) =>
        Task.FromResult(new ShareTaskResponse { Share = Share(request) });

    public override Task<Empty> UnshareTask(UnshareTaskRequest request, ServerCallContext context)
    {
        Unshare(request);
        return Task.FromResult(new Empty());
    }

    public override Task<ListTasksResponse> ListTasks(ListTasksRequest request, ServerCallContext context) =>
        Task.FromResult(List(request));

    public override Task<GetServerVersionResponse> GetServerVersion(
        GetServerVersionRequest request, ServerCallContext context) => Task.FromResult(Version());

    public override Task WatchTask(
        WatchTaskRequest request, IServerStreamWriter<WatchTaskResponse> responseStream, ServerCallContext context) =>
        Watch(request, responseStream, context);

    public override Task WatchTasks(
        WatchTasksRequest request, IServerStreamWriter<WatchTasksResponse> responseStream, ServerCallContext context) =>
        WatchAll(request, responseStream, context);

    public override async Task<Empty> RemoveTask(RemoveTaskRequest request, ServerCallContext context)
    {
        await Remove(request);
        return new Empty();
    }

    public override Task StreamLogs(
        StreamLogsRequest request, IServerStreamWriter<StreamLogsResponse> responseStream, ServerCallContext context) =>
        Stream(request, responseStream, context);

    private static RpcException NotScripted() =>
        new(new Status(StatusCode.Unimplemented, "the test did not expect this call"));
}
