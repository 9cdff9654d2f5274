using Grpc.Core;
using Levity.Client.Connection;
using Levity.Protocol;

namespace Levity.Client.Calls;

/// <summary>
/// A call with one answer that does no harm when it is made twice. When the connection breaks under it, or the server
/// cannot answer just now, it is made again until the timeout is over. A server that cannot be reached at all is said
/// at once, and soon one that has never let us in.
/// </summary>
internal sealed class RepeatedCall(SharedConnection connection, TimeSpan timeout, TimeProvider time)
{
    // One that goes away just now closes what it has taken, too: as it does with those whose certificates it refuses.
    private const int SilentTries = 3;

    private readonly Reconnection _reconnection = new(timeout, time);

    // How often there was a connection to be tried on.
    private int _tries;
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
                if (_tries == 0 || !e.IsOfTheConnection || IsRefused || !await _reconnection.PauseAsync(cancellationToken))
                {
                    e.MayHaveBeenDone = _mayHaveBeenDone;
                    throw;
                }
            }
        }
    }

    private bool IsRefused => !connection.WasAccepted && _tries >= SilentTries;

    private async Task<T> CallOnceAsync<T>(
        Func<TaskManager.TaskManagerClient, CallOptions, AsyncUnaryCall<T>> call,
        DateTimeOffset deadline,
        CancellationToken cancellationToken)
    {
        using var connected = await connection.UseAsync(deadline, cancellationToken);
        _tries++;
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
