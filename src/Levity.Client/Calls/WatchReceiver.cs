using System.Runtime.CompilerServices;
using Grpc.Core;
using Levity.Client.Connection;
using Levity.Protocol;

namespace Levity.Client.Calls;

/// <summary>
/// Receives a stream that has an end of its own, or none: when it breaks off before, it is opened again. What it begins with
/// then is for whoever knows what was received.
/// </summary>
/// <param name="connection">The client's.</param>
/// <param name="options">What it is made from.</param>
/// <param name="open">Makes the call, anew each time.</param>
/// <param name="received">Told of each message that was passed on: whether it is the last one.</param>
/// <param name="time">The clock.</param>
internal sealed class WatchReceiver<T>(
    SharedConnection connection,
    ConnectionOptions options,
    Func<TaskManager.TaskManagerClient, CallOptions, AsyncServerStreamingCall<T>> open,
    Func<T, bool> received,
    TimeProvider time)
    where T : class
{
    private readonly Reconnection _reconnection = new(options.Timeout * 3, time);

    /// <param name="resuming">Told when the connection is lost, once until something comes again.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="LevityException">It cannot begin, or cannot go on.</exception>
    public async IAsyncEnumerable<T> ReceiveAsync(
        Action? resuming, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var (attempt, failure) = await StreamAttempt<T>.OpenAsync(
                connection, time.GetUtcNow() + options.Timeout, open, _reconnection, cancellationToken);
            using (attempt)
            {
                while (attempt is not null && await attempt.NextAsync() is { } message)
                {
                    _reconnection.Progress();
                    var isLast = received(message);
                    yield return message;
                    if (isLast)
                    {
                        yield break;
                    }
                }

                failure ??= attempt?.Failure;
            }

            failure ??= new LevityException(
                LevityErrorKind.Unreachable, $"{options.Address} ended the stream before its end");
            if (!connection.WasAccepted || !failure.IsOfTheConnection)
            {
                throw failure;
            }

            await _reconnection.ResumeAsync(failure, resuming, cancellationToken);
        }
    }
}
