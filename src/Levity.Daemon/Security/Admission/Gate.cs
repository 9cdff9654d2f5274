using System.Net;
using Levity.Daemon.Security.Trust;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Levity.Daemon.Security.Admission;

/// <summary>
/// Stands before TLS and behind it: whoever is one too many is turned away before TLS, where that costs next to nothing,
/// and a user who has too many connections is told so. Who sends nothing but noise is cut off.
/// </summary>
internal sealed class Gate(Visitors visitors, TimeProvider time)
{
    /// <summary>To be called before UseHttps.</summary>
    public void Outside(ListenOptions listen) => listen.Use(next => async connection =>
    {
        var visit = new Visit(
            PeerNetwork.Of(((IPEndPoint)connection.RemoteEndPoint!).Address),
            () => connection.Abort(new ConnectionAbortedException("refused")));
        connection.Features.Set(visit);
        if (!visitors.TryEnter(visit))
        {
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            visitors.Leave(visit);
        }
    });

    /// <summary>To be called after UseHttps.</summary>
    public void Inside(ListenOptions listen) => listen.Use(next => connection =>
    {
        var visit = connection.Features.Get<Visit>()!;
        if (!visitors.TryKnow(visit, connection.Features.Get<ClientConnection>()!.Caller.Name))
        {
            return TooMany.AnswerAsync(connection, visit.Refusal!, time);
        }

        connection.Transport = new GuardedTransport(connection.Transport, new FrameBudget(time), () =>
        {
            visit.Refusal = $"frames that ask for nothing: more than {FrameBudget.Most}, and {FrameBudget.PerSecond} a second";
            visit.Cut();
        });
        return next(connection);
    });
}
