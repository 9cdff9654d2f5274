using Grpc.Core;
using Levity.Daemon.Api.Validation;
using Levity.Daemon.Registry;
using Levity.Daemon.Tasks;
using Levity.Protocol;

namespace Levity.Daemon.Api;

/// <summary>AttachTask: what one client has for a task's input, until one of the two is through.</summary>
internal sealed class AttachCall(TaskInput input, CallLifetime lifetime, StreamOptions options, TimeProvider time)
{
    /// <summary>The message that says what the call is about. Who opens a call and sends none is not waited for.</summary>
    public async Task<AttachTaskRequest> FirstAsync(
        IAsyncStreamReader<AttachTaskRequest> requests, ServerCallContext context)
    {
        using var watch = new ReaderWatch(options.ReaderTimeout, () => RpcErrors.EndUnfinished(context.GetHttpContext()), time);
        var coming = requests.MoveNext(context.CancellationToken);
        await watch.WaitAsync(coming);
        if (!await coming)
        {
            throw RpcErrors.Invalid("task_id", "is missing: the stream ended before its first message");
        }

        AuditInterceptor.IsAbout(context, requests.Current.TaskId);
        RequestValidation.CheckFirst(requests.Current);
        return requests.Current;
    }

    public async Task RunAsync(
        ManagedTask task,
        AttachTaskRequest first,
        IAsyncStreamReader<AttachTaskRequest> requests,
        IServerStreamWriter<AttachTaskResponse> responses,
        ServerCallContext context)
    {
        var request = task.Record.Request;
        var hasTerminal = request.Terminal is not null;
        RequestValidation.Check(first, isFirst: true, hasTerminal);
        if (!hasTerminal && !request.Stdin)
        {
            throw RpcErrors.NoInput(first.TaskId.Id);
        }

        if (task.Record.State == TaskState.NotStarted)
        {
            throw RpcErrors.BeingStarted(first.TaskId.Id);
        }

        using var call = lifetime.Begin(context, task);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(call.Token);
        var writer = new Writer(input, task, WriterName(first, context), hasTerminal, call, responses);
        try
        {
            await call.SendAsync(responses, new AttachTaskResponse { Attached = new Attached { Terminal = hasTerminal } });
            var over = task.WhenOverAsync(ending.Token);
            var taking = writer.TakeAllAsync(first, requests, ending.Token);
            var came = await Task.WhenAny(taking, over);
            await ending.CancelAsync();
            if (came == over && over.IsCompletedSuccessfully)
            {
                await taking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await writer.CloseAsync();
                return;
            }

            await taking;
        }
        catch (OperationCanceledException) when (call.EndedBecause is { } reason)
        {
            throw reason;
        }
    }

    // Names are each user's own: nobody goes on in another's place.
    private static string WriterName(AttachTaskRequest first, ServerCallContext context) =>
        $"{AccessInterceptor.CallerOf(context).Name} {(first.Writer.Length > 0 ? first.Writer : Guid.NewGuid().ToString())}";

    /// <summary>The messages of one call, one after the other.</summary>
    private sealed class Writer(
        TaskInput input,
        ManagedTask task,
        string name,
        bool hasTerminal,
        CallLifetime.Call call,
        IServerStreamWriter<AttachTaskResponse> responses)
    {
        private bool _isClosed;

        public async Task TakeAllAsync(
            AttachTaskRequest first, IAsyncStreamReader<AttachTaskRequest> requests, CancellationToken cancellationToken)
        {
            await TakeAsync(first, cancellationToken);
            while (await requests.MoveNext(cancellationToken))
            {
                RequestValidation.Check(requests.Current, isFirst: false, hasTerminal);
                await TakeAsync(requests.Current, cancellationToken);
            }
        }

        public async Task CloseAsync()
        {
            if (!_isClosed)
            {
                _isClosed = true;
                await call.SendAsync(responses, new AttachTaskResponse { Closed = new InputClosed() });
            }
        }

        private async Task TakeAsync(AttachTaskRequest request, CancellationToken cancellationToken)
        {
            if (request.Size is { } size
                && await input.ResizeAsync(task, size.Rows, size.Columns, cancellationToken) is { } failure)
            {
                throw RpcErrors.InputFailed(failure);
            }

            if (request.Input is { } chunk && !_isClosed)
            {
                await TakeAsync(chunk, cancellationToken);
            }
        }

        private async Task TakeAsync(InputChunk chunk, CancellationToken cancellationToken)
        {
            var outcome = await input.WriteAsync(
                task, name, chunk.Offset, chunk.Data, chunk.End, cancellationToken);
            if (outcome.Failure is { } failure)
            {
                throw RpcErrors.InputFailed(failure);
            }

            if (!outcome.IsClosed && outcome.Taken < chunk.Offset)
            {
                throw RpcErrors.Invalid(
                    "input.offset",
                    $"{chunk.Offset} leaves bytes out: {outcome.Taken} of this writer have come (a task remembers its last 64 writers)");
            }

            await call.SendAsync(responses, new AttachTaskResponse { Taken = outcome.Taken });
            if (outcome.IsClosed)
            {
                await CloseAsync();
            }
        }
    }
}
