using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Levity.Daemon.Security.Trust;

/// <summary>
/// A connection whose client has proved who it is. It may outlive that: whoever acts on it asks whether it still holds.
/// Once refused it stays so, and is about to be closed.
/// </summary>
#pragma warning disable CA1001 // The source has no timer, so there is nothing to dispose of, and calls outlive connections.
internal sealed class ClientConnection(ConnectionContext transport, CallerIdentity caller, ClientChain chain)
#pragma warning restore CA1001
{
    // How long the calls have to tell their client why they end.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _refused = new();
    private volatile TrustSnapshot? _acceptedBy;
    private volatile string? _refusal;
    private long? _endedAt;

    public CallerIdentity Caller => caller;

    /// <summary>For calls that last: cancelled when the connection is refused.</summary>
    public CancellationToken Refused => _refused.Token;

    /// <summary>Why nothing is accepted from this connection any more; null as long as all is well.</summary>
    public string? Refusal => _refusal;

    /// <summary>Asks for each call: it costs something only after the snapshot has changed.</summary>
    public string? RefusalBy(TrustSnapshot trust, DateTimeOffset now)
    {
        if (_refusal is null && (!ReferenceEquals(_acceptedBy, trust) || chain.NotAfter <= now))
        {
            _refusal = trust.RefusalOf(chain, caller.Name, now);
            _acceptedBy = trust;
        }

        return _refusal;
    }

    /// <summary>
    /// Ends the calls of a refused connection and then the connection itself: its client may have a better certificate
    /// by now, and will show it on the next one. For one caller at a time, again and again.
    /// </summary>
    public async Task EndAsync(TimeProvider time)
    {
        if (_endedAt is not { } ended)
        {
            _endedAt = time.GetTimestamp();
            await _refused.CancelAsync();
            transport.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
        else if (time.GetElapsedTime(ended) >= Farewell)
        {
            transport.Abort(new ConnectionAbortedException(_refusal!));
        }
    }
}
