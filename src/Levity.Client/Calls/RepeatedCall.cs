using Grpc.Core;
using Levity.Client.Connection;
using Levity.Protocol;

namespace Levity.Client.Calls;

/// <summary>
/// A call with one answer that does no harm when it is made twice. When the connection breaks under it, or the server
/// cannot answer just now, it is made again until the timeout is over. A server that cannot be reached at all is said
/// at once.
/// </summary>
internal sealed class RepeatedCall(SharedConnection connection, TimeSpan timeout, TimeProvider time)
{
    private readonly Reconnection _reconnection = new(timeout, time);

    private bool _wasConnected;
    private bool _mayHaveBeenDone;

    /// <exception cref="LevityException">It failed, or was not answered in time.</exception>
    public async Task<T> CallAsync<T>(
        Func<TaskManager.TaskManagerClient, CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + timeout;
        _reconnection.Lost();
        while (true)
        {
            try
            {
                return await CallOnceAsync(call, deadline, cancellationToken);
            }
            catch (LevityException e)
            {
                if (!_wasConnected || !e.IsOfTheConnection || !await _reconnection.PauseAsync(cancellationToken))
                {
                    e.MayHaveBeenDone = _mayHaveBeenDone;
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
        using var connected = await connection.UseAsync(deadline, cancellationToken);
        _wasConnected = true;
        try
        {
            return await connected.CallAsync(call, deadline, cancellationToken);
        }
        catch (LevityException e)
        {
            // A later try that finds no server leaves it as open as it is now.
            _mayHaveBeenDone = e.MayHaveBeenDone;
            throw;
        }
    }
}
