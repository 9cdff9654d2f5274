using System.Runtime.CompilerServices;
using Levity.Client.Connection;
using Levity.Protocol;

namespace Levity.Client.Calls;

/// <summary>
/// Receives what tasks use, round by round. A connection that is lost is made anew, and the rounds go on; what share of the
/// processors a task has is not known in the first of them then.
/// </summary>
internal sealed class StatsReceiver(
    SharedConnection connection, ConnectionOptions options, StreamStatsRequest request, TimeProvider time)
{
    private readonly Reconnection _reconnection = new(options.Timeout * 3, time);

    private bool _wasAccepted = connection.WasAccepted;

    /// <exception cref="LevityException">It cannot begin, or cannot go on.</exception>
    public async IAsyncEnumerable<IReadOnlyList<TaskStats>> ReceiveAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var (attempt, failure) = await StreamAttempt<StreamStatsResponse>.OpenAsync(
                connection,
                time.GetUtcNow() + options.Timeout,
                (client, callOptions) => client.StreamStats(request, callOptions),
                _reconnection,
                cancellationToken);
            using (attempt)
            {
                var round = new List<TaskStats>();
                while (attempt is not null && await attempt.NextAsync() is { } message)
                {
                    round.AddRange(message.Stats);
                    if (message.RoundComplete)
                    {
                        _reconnection.Progress();
                        yield return round;
                        round = [];
                    }
                }

                _wasAccepted |= attempt is { WasAccepted: true };
                failure ??= attempt?.Failure;
            }

            if (failure is null)
            {
                yield break;
            }

            if (request.Once || !_wasAccepted || !failure.IsOfTheConnection)
            {
                throw failure;
            }

            await _reconnection.ResumeAsync(failure, resuming: null, cancellationToken);
        }
    }
}
