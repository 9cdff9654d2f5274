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
        var handshake = new Handshake(time.GetTimestamp());
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
                Append(connection, handshake, visit?.Refusal);
            }
        }
    });

    /// <summary>To be called after UseHttps: what is behind TLS.</summary>
    public static void Inside(ListenOptions listen) => listen.Use(next => connection =>
    {
        // Without an agreement on h2 Kestrel drops the connection too.
        var protocol = connection.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol ?? default;
        connection.Features.Get<Handshake>()!.IsDone = protocol.Span.SequenceEqual("h2"u8);
        return next(connection);
    });

    /// <summary>Has the certificate looked at that is to be refused, and what is wrong with it.</summary>
    public static SslServerAuthenticationOptions Watch(
        ConnectionContext connection, SslServerAuthenticationOptions tls)
    {
        var handshake = connection.Features.Get<Handshake>()!;
        var verdict = tls.RemoteCertificateValidationCallback!;
        tls.RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
        {
            var isAccepted = verdict(sender, certificate, chain, errors);
            handshake.Refused = isAccepted ? null : Refusal.Of(certificate as X509Certificate2, chain, errors);
            return isAccepted;
        };
        return tls;
    }

    private void Append(ConnectionContext connection, Handshake handshake, string? tooMany)
    {
        var peer = (IPEndPoint)connection.RemoteEndPoint!;
        var record = new AuditRecord(AuditRecord.Handshake)
        {
            Identity = connection.Features.Get<ClientConnection>()?.Caller.Name,
            Claimed = handshake.Refused?.Names,
            Serial = handshake.Refused?.Serial,
            Address = peer.ToString(),
            Outcome = Outcomes.Refused,
            Reason = tooMany ?? handshake.Refused?.Reason ?? handshake.Failure
                ?? "it came to no certificate, or to no h2: another TLS than 1.3, another protocol, or the peer has left",
            Duration = time.GetElapsedTime(handshake.Began),
        };
        refusals.Append(record, PeerNetwork.Of(peer.Address));
    }

    /// <summary>What becomes of one connection.</summary>
    private sealed class Handshake(long began)
    {
        public long Began => began;

        public bool IsDone { get; set; }

        public Refusal? Refused { get; set; }

        public string? Failure { get; set; }
    }

    private sealed record Refusal(string? Names, string? Serial, string Reason)
    {
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
