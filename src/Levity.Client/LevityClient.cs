using System.Runtime.CompilerServices;
using Grpc.Core;
using Levity.Client.Calls;
using Levity.Client.Connection;
using Levity.Protocol;

namespace Levity.Client;

/// <summary>
/// Speaks to one levityd, as one user. It connects with the first call, all calls share that connection, and a lost one is
/// made anew by the next call. Its methods can be called from any thread, at the same time. Each of them throws
/// <see cref="LevityException"/> when it fails, and nothing else but what cancellation throws.
/// </summary>
/// <param name="options">Where the server is, and who we are.</param>
/// <param name="time">The clock for timeouts, pauses and certificates; the system's when it is null.</param>
public sealed class LevityClient(ConnectionOptions options, TimeProvider? time = null) : IDisposable
{
    private readonly SharedConnection _connection = new(options, time ?? TimeProvider.System);
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>
    /// Starts a task. The request is given a random key if it has none, so that the call is safe to repeat, and it is
    /// repeated when the connection breaks: it is one task, however often.
    /// </summary>
    /// <returns>With the task's id, once its command has been executed.</returns>
    public Task<StartTaskResponse> StartAsync(StartTaskRequest request, CancellationToken cancellationToken = default)
    {
        if (!request.HasRequestKey)
        {
            request = request.Clone();
            request.RequestKey = Guid.NewGuid().ToString();
        }

        return RepeatAsync((client, callOptions) => client.StartTaskAsync(request, callOptions), cancellationToken);
    }

    /// <summary>Tells what state a task is in and, once it is over, how it ended.</summary>
    public Task<QueryTaskResponse> QueryAsync(string id, CancellationToken cancellationToken = default)
    {
        var request = new QueryTaskRequest { TaskId = new TaskHandle { Id = id } };
        return RepeatAsync((client, callOptions) => client.QueryTaskAsync(request, callOptions), cancellationToken);
    }

    /// <summary>
    /// Waits until a task is over: how it ended. One that has long been over is answered at once. A lost connection is made
    /// anew, as with <see cref="StreamLogsAsync"/>.
    /// </summary>
    /// <param name="id">The task.</param>
    /// <param name="resuming">Told when the connection is lost, once until something comes again.</param>
    /// <param name="cancellationToken">Ends the wait early, and nothing else.</param>
    public async Task<QueryTaskResponse> WaitAsync(
        string id, Action? resuming = null, CancellationToken cancellationToken = default) =>
        await WatchAsync(id, resuming, cancellationToken).LastAsync(cancellationToken);

    /// <summary>The state of a task as it is now, and as it changes, until it is over.</summary>
    /// <param name="id">The task.</param>
    /// <param name="resuming">Told when the connection is lost, once until something comes again.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public IAsyncEnumerable<QueryTaskResponse> WatchAsync(
        string id, Action? resuming = null, CancellationToken cancellationToken = default)
    {
        var request = new WatchTaskRequest { TaskId = new TaskHandle { Id = id } };
        return new WatchReceiver<WatchTaskResponse>(
            _connection,
            options,
            (client, callOptions) => client.WatchTask(request, callOptions),
            message => message.Report.StatusCode
                is not (TaskStatusCode.NotStarted or TaskStatusCode.Running or TaskStatusCode.Signalled),
            _time).ReceiveAsync(resuming, cancellationToken).Select(message => message.Report);
    }

    /// <summary>
    /// What happens to tasks: the present state of those that are not over, then each change. Each state of a task comes
    /// once, also after a connection was lost and made anew; what happened meanwhile is told then. It has no end.
    /// </summary>
    /// <param name="request">Which tasks; see <c>WatchTasks</c> in api/levity.proto.</param>
    /// <param name="resuming">Told when the connection is lost, once until something comes again.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<WatchTasksResponse> WatchTasksAsync(
        WatchTasksRequest request, Action? resuming = null, CancellationToken cancellationToken = default) =>
        new TasksReceiver(_connection, options, request.Clone(), _time).ReceiveAsync(resuming, cancellationToken);

    /// <summary>All tasks that a filter lets through, page by page: what comes and goes meanwhile may be among them or not.</summary>
    /// <param name="request">Which; its pages are as large as it says.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async IAsyncEnumerable<TaskEntry> ListAsync(
        ListTasksRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        request = request.Clone();
        do
        {
            var page = await RepeatAsync((client, callOptions) => client.ListTasksAsync(request, callOptions), cancellationToken);
            foreach (var task in page.Tasks)
            {
                yield return task;
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }

    /// <summary>Asks a task to stop: SIGTERM, and after the server's grace period SIGKILL. It does not wait for that.</summary>
    public Task StopAsync(string id, CancellationToken cancellationToken = default)
    {
        var request = new SignalTaskRequest { TaskId = new TaskHandle { Id = id } };
        return RepeatAsync((client, callOptions) => client.SignalTaskAsync(request, callOptions), cancellationToken);
    }

    /// <summary>Sends a task one signal, once, and nothing after it. A task that is over is a failure.</summary>
    /// <param name="id">The task's id.</param>
    /// <param name="signal">Its number: signal(7), on x86-64 and arm64.</param>
    /// <param name="tree">To all of its processes, and not only to the first one.</param>
    /// <param name="cancellationToken">Ends the call early.</param>
    public Task SignalAsync(string id, int signal, bool tree = false, CancellationToken cancellationToken = default)
    {
        var request = new SignalTaskRequest { TaskId = new TaskHandle { Id = id }, Signal = signal, Tree = tree };
        return CallAsync((client, callOptions) => client.SignalTaskAsync(request, callOptions), cancellationToken);
    }

    /// <summary>Removes a task that is over, with its log; nothing happens when it is gone already.</summary>
    public async Task RemoveAsync(string id, CancellationToken cancellationToken = default)
    {
        var request = new RemoveTaskRequest { TaskId = new TaskHandle { Id = id } };
        try
        {
            await RepeatAsync((client, callOptions) => client.RemoveTaskAsync(request, callOptions), cancellationToken);
        }
        catch (LevityException e) when (e.Kind == LevityErrorKind.NotFound)
        {
            // An answer may have got lost.
        }
    }

    /// <summary>
    /// All that a task has written, in order, and with <c>follow</c> what it is going to write until it is over. A follower
    /// connects again when the connection is lost, and goes on after the last message: no byte is lost, and none comes
    /// twice. It gives up after three times <see cref="ConnectionOptions.Timeout"/> without the server. Nothing is read
    /// ahead of who enumerates but what is in flight, so a log of any size passes through.
    /// </summary>
    /// <param name="request">Which part of which log; see <c>StreamLogs</c> in api/levity.proto.</param>
    /// <param name="resuming">Told when the connection is lost, once until something comes again.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public IAsyncEnumerable<StreamLogsResponse> StreamLogsAsync(
        StreamLogsRequest request, Action? resuming = null, CancellationToken cancellationToken = default) =>
        new LogReceiver(_connection, options, request.Clone(), _time).ReceiveAsync(resuming, cancellationToken);

    /// <summary>All that a task has written and is going to write, until it is over.</summary>
    /// <param name="id">The task's id.</param>
    /// <param name="cursor">Where to go on: the cursor of a message that was received before; 0 for the start.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public IAsyncEnumerable<StreamLogsResponse> FollowAsync(
        string id, ulong cursor = 0, CancellationToken cancellationToken = default) =>
        StreamLogsAsync(
            new StreamLogsRequest { TaskId = new TaskHandle { Id = id }, Cursor = cursor, Follow = true },
            cancellationToken: cancellationToken);

    /// <summary>
    /// Begins to write to the standard input of a task that was started with one. It begins at once; whether the server lets
    /// us in is asked of what this returns.
    /// </summary>
    /// <param name="id">The task.</param>
    /// <param name="resuming">Told when the connection is lost, once until something comes again.</param>
    public TaskAttachment Attach(string id, Action? resuming = null) => new(_connection, options, id, _time, resuming);

    /// <summary>
    /// What live tasks use, round by round: see <c>StreamStats</c> in api/levity.proto. It connects again when the connection
    /// is lost, and gives up after three times <see cref="ConnectionOptions.Timeout"/> without the server.
    /// </summary>
    /// <returns>The tasks of a round each time; of one task until that is over.</returns>
    public IAsyncEnumerable<IReadOnlyList<TaskStats>> StreamStatsAsync(
        StreamStatsRequest request, CancellationToken cancellationToken = default) =>
        new StatsReceiver(_connection, options, request.Clone(), _time).ReceiveAsync(cancellationToken);

    /// <summary>Makes any call with one answer, once.</summary>
    public async Task<T> CallAsync<T>(
        Func<TaskManager.TaskManagerClient, CallOptions, AsyncUnaryCall<T>> call,
        CancellationToken cancellationToken = default)
    {
        var deadline = _time.GetUtcNow() + options.Timeout;
        using var connection = await _connection.UseAsync(deadline, cancellationToken);
        return await connection.CallAsync(call, deadline, cancellationToken);
    }

    /// <summary>
    /// Makes a call that does no harm when it is made twice: again when the connection breaks under it or the server cannot
    /// answer just now, until the timeout is over.
    /// </summary>
    public Task<T> RepeatAsync<T>(
        Func<TaskManager.TaskManagerClient, CallOptions, AsyncUnaryCall<T>> call,
        CancellationToken cancellationToken = default) =>
        new RepeatedCall(_connection, options.Timeout, _time).CallAsync(call, cancellationToken);

    /// <summary>No more calls. Those under way go on, and the last of them closes the connection.</summary>
    public void Dispose() => _connection.Dispose();
}
