using Grpc.Core;
using Levity.Protocol;

namespace Levity.Cli.Connection;

/// <summary>
/// A call with one answer that does no harm when it is made twice. When the connection breaks under it, or the server
/// cannot answer just now, it is made again until the timeout is over. A server that cannot be reached at all is said
/// at once.
/// </summary>
internal sealed class RepeatedCall(ConnectionOptions options, TimeProvider time)
{
    private readonly Reconnection _reconnection = new(options.Timeout, time);

    private bool _wasConnected;

    /// <summary>Whether it has been sent and has not been answered: nobody knows whether it has been done.</summary>
    public bool IsOpen { get; private set; }

    /// <exception cref="CommandException">It failed, or was not answered in time.</exception>
    public async Task<T> CallAsync<T>(
        Func<TaskManager.TaskManagerClient, CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + options.Timeout;
        _reconnection.Lost();
        while (true)
        {
            try
            {
                return await CallOnceAsync(call, deadline, cancellationToken);
            }
            catch (ServerUnreachableException) when (_wasConnected)
            {
                if (!await _reconnection.PauseAsync(cancellationToken))
                {
                    throw;
                }
            }
        }
    }

    private async Task<T> CallOnceAsync<T>(
        Func<TaskManager.TaskManagerClient, CallOptions, AsyncUnaryCall<T>> call,
        DateTimeOffset deadline,
        CancellationToken cancellationToken)
    {
        using var connection = await ServerConnection.OpenAsync(options, deadline, time, cancellationToken);
        _wasConnected = true;
        try
        {
            var answer = await connection.CallAsync(call, cancellationToken);
            IsOpen = false;
            return answer;
        }
        catch (CommandException e)
        {
            IsOpen = e is ServerUnreachableException
                or { InnerException: RpcException { StatusCode: StatusCode.DeadlineExceeded } };
            throw;
        }
    }
}
