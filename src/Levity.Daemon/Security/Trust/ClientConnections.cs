using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;

namespace Levity.Daemon.Security.Trust;

/// <summary>The connections that clients have, for the day on which one of them is not trusted any more.</summary>
internal sealed class ClientConnections(TimeProvider time)
{
    private readonly ConcurrentDictionary<ClientConnection, bool> _open = new();

    /// <summary>
    /// The last word in a handshake. Who is let in finds its <see cref="ClientConnection"/> among the connection's
    /// features. One that was accepted by a snapshot which has just been replaced is found out by its first call.
    /// </summary>
    public bool TryAccept(
        ConnectionContext transport,
        TrustSnapshot trust,
        X509Certificate2 certificate,
        X509Chain verified,
        SslPolicyErrors errors)
    {
        if (!ClientCertificatePolicy.IsAcceptable(certificate, errors)
            || CallerIdentity.FromCertificate(certificate, out _) is not { } caller)
        {
            return false;
        }

        var chain = ClientChain.Of(verified);
        var connection = new ClientConnection(
            transport, caller with { Certificate = chain.ToStartingCertificate() }, chain);
        if (connection.RefusalBy(trust, time.GetUtcNow()) is not null)
        {
            return false;
        }

        transport.Features.Set(connection);
        _open[connection] = true;
        transport.ConnectionClosed.UnsafeRegister(_ => _open.TryRemove(connection, out bool _), null);
        return true;
    }

    /// <summary>Ends what would not be accepted now. For one caller at a time.</summary>
    public Task EndRefusedAsync(TrustSnapshot trust)
    {
        var now = time.GetUtcNow();
        return Task.WhenAll(_open
            .Where(open => open.Key.RefusalBy(trust, now) is not null)
            .Select(open => open.Key.EndAsync(time)));
    }
}
