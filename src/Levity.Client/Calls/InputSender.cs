using Grpc.Core;
using Levity.Client.Connection;
using Levity.Protocol;

namespace Levity.Client.Calls;

/// <summary>Sends what is written to a task, over as many connections as it takes.</summary>
/// <param name="connection">The client's.</param>
/// <param name="options">What it is made from.</param>
/// <param name="id">The task.</param>
/// <param name="pending">What there is to send.</param>
/// <param name="time">The clock.</param>
/// <param name="resuming">Told when the connection is lost, once until something comes again.</param>
internal sealed class InputSender(
    SharedConnection connection,
    ConnectionOptions options,
    string id,
    PendingInput pending,
    TimeProvider time,
    Action? resuming)
{
    private readonly Reconnection _reconnection = new(options.Timeout * 3, time);

    // By which the server knows us again.
    private readonly string _writer = Guid.NewGuid().ToString();

    private readonly TaskCompletionSource<bool> _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isThrough;

    /// <summary>Whether the task has a terminal, once the server has let us in.</summary>
    public Task<bool> Attached => _attached.Task;

    /// <summary>Works until the task takes no more.</summary>
    /// <exception cref="LevityException">It cannot begin, or cannot go on.</exception>
    public async Task SendAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!_isThrough)
            {
                if (await TrySendAsync(cancellationToken) is not { } failure)
                {
                    continue;
                }

                if (!_attached.Task.IsCompletedSuccessfully || !failure.IsOfTheConnection)
                {
                    throw failure;
                }

                await _reconnection.ResumeAsync(failure, resuming, cancellationToken);
            }
        }
        catch (Exception e)
        {
            _attached.TrySetException(e);
            throw;
        }
        finally
        {
            pending.Close();
        }
    }

    /// <returns>Why it broke off; null when that was the end.</returns>
    private async Task<LevityException?> TrySendAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var connected = await connection.UseAsync(time.GetUtcNow() + options.Timeout, cancellationToken);
            _reconnection.Connected();
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var call = connected.Client.AttachTask(cancellationToken: ending.Token);
            var sending = SendAsync(call.RequestStream, ending.Token);
            try
            {
                await ReceiveAsync(call.ResponseStream, ending.Token);
                return null;
            }
            catch (RpcException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                return connected.Explain(e);
            }
            finally
            {
                await ending.CancelAsync();
                await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (LevityException e)
        {
            return e;
        }
    }

    // When this fails, so does the receiving, and that knows why.
    private async Task SendAsync(IClientStreamWriter<AttachTaskRequest> requests, CancellationToken cancellationToken)
    {
        await requests.WriteAsync(
            new AttachTaskRequest { TaskId = new TaskHandle { Id = id }, Writer = _writer, Size = pending.Restart() },
            cancellationToken);
        while (true)
        {
            await requests.WriteAsync(await pending.NextAsync(cancellationToken), cancellationToken);
        }
    }

    private async Task ReceiveAsync(IAsyncStreamReader<AttachTaskResponse> responses, CancellationToken cancellationToken)
    {
        while (await responses.MoveNext(cancellationToken))
        {
            _reconnection.Progress();
            switch (responses.Current.EventCase)
            {
                case AttachTaskResponse.EventOneofCase.Attached:
                    _attached.TrySetResult(responses.Current.Attached.Terminal);
                    break;
                case AttachTaskResponse.EventOneofCase.Taken:
                    pending.Acknowledge(responses.Current.Taken);
                    break;
                case AttachTaskResponse.EventOneofCase.Closed:
                    pending.Close();

                    // A terminal still has a size, until its task is over: then the server ends the call.
                    _isThrough = !await _attached.Task;
                    break;
            }

            if (_isThrough)
            {
                return;
            }
        }

        _isThrough = true;
    }
}
