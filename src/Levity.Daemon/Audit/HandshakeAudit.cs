using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Levity.Daemon.Security.Admission;
using Levity.Daemon.Security.Trust;
using Levity.Protocol;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Levity.Daemon.Audit;

/// <summary>
/// Puts on record who came to the door and not through it, by their certificate or because they are too many. Kestrel ends
/// such a connection without telling anybody; that it was never served is what tells.
/// </summary>
internal sealed class HandshakeAudit(Refusals refusals, TimeProvider time)
{
    /// <summary>To be called before UseHttps: what is in front of TLS.</summary>
    public void Outside(ListenOptions listen) => listen.Use(next => async connection =>
    {
        var peer = (IPEndPoint)connection.RemoteEndPoint!;
        var opened = new AuditRecord(AuditRecord.Handshake) { Time = time.GetUtcNow().UtcDateTime, Address = peer.ToString() };
        var handshake = new Handshake(time.GetTimestamp(), opened, refusals.Pending.Enter(opened));
        connection.Features.Set(handshake);
        try
        {
            await next(connection);
        }
        catch (ArgumentException e) when (!handshake.IsDone)
        {
            // SslStream lets it through for a server name that no host can have. Kestrel would fill our log with its stack,
            // as often as a stranger likes.
            handshake.Failure = e.Message;
        }
        finally
        {
            var visit = connection.Features.Get<Visit>();
            if (!handshake.IsDone || visit?.Refusal is not null)
            {
                refusals.Append(RecordOf(connection, handshake, visit?.Refusal), handshake.Place, PeerNetwork.Of(peer.Address));
            }
        }
    });

    /// <summary>To be called after UseHttps: what is behind TLS.</summary>
    public void Inside(ListenOptions listen) => listen.Use(next => connection =>
    {
        // Without an agreement on h2 Kestrel drops the connection too.
        var protocol = connection.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol ?? default;
        var handshake = connection.Features.Get<Handshake>()!;
        handshake.IsDone = protocol.Span.SequenceEqual("h2"u8);
        if (handshake.IsDone)
        {
            // From here on its calls have places of their own, unless it is closed for what it sends.
            refusals.Pending.Free(handshake.Place);
            handshake.Place = default;
            connection.Features.Get<Visit>()?.OnRefused = reason => TakePlaceAgain(connection, handshake, reason);
        }

        return next(connection);
    });

    /// <summary>Has the certificate looked at that is to be refused, and what is wrong with it.</summary>
    public SslServerAuthenticationOptions Watch(
        ConnectionContext connection, SslServerAuthenticationOptions tls)
    {
        var handshake = connection.Features.Get<Handshake>()!;
        var verdict = tls.RemoteCertificateValidationCallback!;
        tls.RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
        {
            var isAccepted = verdict(sender, certificate, chain, errors);
            handshake.Refused = isAccepted ? null : Refusal.Of(certificate as X509Certificate2, chain, errors);
            if (handshake.Refused is { } refused)
            {
                // Before the client is told.
                refusals.Pending.Note(handshake.Place, refused.AsRecord);
            }

            return isAccepted;
        };
        return tls;
    }

    private void TakePlaceAgain(ConnectionContext connection, Handshake handshake, string reason)
    {
        if (handshake.Place == default)
        {
            handshake.Place = refusals.Pending.Enter(RecordOf(connection, handshake, reason));
        }
    }

    private AuditRecord RecordOf(ConnectionContext connection, Handshake handshake, string? tooMany) => handshake.Opened with
    {
        Time = time.GetUtcNow().UtcDateTime,
        Identity = connection.Features.Get<ClientConnection>()?.Caller.Name,
        Claimed = handshake.Refused?.Names,
        Serial = handshake.Refused?.Serial,
        Outcome = Outcomes.Refused,
        Reason = tooMany ?? handshake.Refused?.Reason ?? handshake.Failure
            ?? "it came to no certificate, or to no h2: another TLS than 1.3, another protocol, or the peer has left",
        Duration = time.GetElapsedTime(handshake.Began),
    };

    /// <summary>What becomes of one connection.</summary>
    private sealed class Handshake(long began, AuditRecord opened, PendingPlace place)
    {
        public long Began => began;

        public AuditRecord Opened => opened;

        public PendingPlace Place { get; set; } = place;

        public bool IsDone { get; set; }

        public Refusal? Refused { get; set; }

        public string? Failure { get; set; }
    }

    private sealed record Refusal(string? Names, string? Serial, string Reason)
    {
        public AuditRecord AsRecord => new(AuditRecord.Handshake)
        {
            Claimed = Names,
            Serial = Serial,
            Outcome = Outcomes.Refused,
            Reason = Reason,
        };

        public static Refusal Of(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors) => certificate is null
            ? new(null, null, "no certificate")
            : new(
                CommonNames.In(certificate.SubjectName) is { } names ? string.Join(" and ", names) : null,
                certificate.SerialNumber,
                ReasonOf(chain, errors));

        private static string ReasonOf(X509Chain? chain, SslPolicyErrors errors)
        {
            var statuses = chain?.ChainStatus.Select(status => status.Status).Distinct() ?? [];
            return errors == SslPolicyErrors.None
                ? "the certificate is sound, but revoked, or not a user's"
                : $"the certificate: {string.Join(", ", [$"{errors}", .. statuses.Select(status => $"{status}")])}";
        }
    }
}
