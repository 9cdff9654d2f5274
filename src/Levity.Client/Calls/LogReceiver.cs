using System.Runtime.CompilerServices;
using Levity.Client.Connection;
using Levity.Protocol;

namespace Levity.Client.Calls;

/// <summary>
/// Receives a log. A follower outlives the connection and the server: when the stream breaks off it connects again, and
/// goes on after the last message that was passed on, so that no byte is lost and none comes twice.
/// (gRPC's own retries end where the first message begins.) So does everybody whom the server has cut off for not
/// reading: with <c>levity logs | less</c> that is what reading looks like.
/// </summary>
/// <param name="connection">The client's.</param>
/// <param name="options">What it is made from.</param>
/// <param name="request">Its cursor moves on with what is received.</param>
/// <param name="time">The clock.</param>
internal sealed class LogReceiver(
    SharedConnection connection, ConnectionOptions options, StreamLogsRequest request, TimeProvider time)
{
    private readonly Reconnection _reconnection = new(options.Timeout * 3, time);

    private bool _wasAccepted = connection.WasAccepted;
    private bool _isSealed;

    /// <param name="resuming">Told when the connection is lost, once until something comes again.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>Each message, in order, once.</returns>
    /// <exception cref="LevityException">It cannot begin, or cannot go on.</exception>
    public async IAsyncEnumerable<StreamLogsResponse> ReceiveAsync(
        Action? resuming, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var (attempt, failure) = await StreamAttempt<StreamLogsResponse>.OpenAsync(
                connection,
                time.GetUtcNow() + options.Timeout,
                (client, callOptions) => client.StreamLogs(request, callOptions),
                _reconnection,
                cancellationToken);
            using (attempt)
            {
                while (attempt is not null && await attempt.NextAsync() is { } message)
                {
                    yield return message;
                    Received(message);
                }

                _wasAccepted |= attempt is { WasAccepted: true };
                failure ??= attempt?.Failure;
            }

            // When it is sealed, what may have been cut off is no more than the goodbye.
            if (_isSealed || (failure is null && !request.Follow))
            {
                yield break;
            }

            failure ??= new LevityException(
                LevityErrorKind.Unreachable, $"{options.Address} ended the stream before the log's end");
            if (!_wasAccepted
                || !failure.IsOfTheConnection
                || !(request.Follow || failure.Kind == LevityErrorKind.StoppedReading))
            {
                throw failure;
            }

            await _reconnection.ResumeAsync(failure, resuming, cancellationToken);
        }
    }

    private void Received(StreamLogsResponse message)
    {
        request.Cursor = message.Cursor;
        request.ClearTailLines();
        _reconnection.Progress();
        _isSealed = message.EventCase == StreamLogsResponse.EventOneofCase.Sealed;
    }
}
