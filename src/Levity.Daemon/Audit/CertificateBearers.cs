using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Levity.Daemon.Security;

namespace Levity.Daemon.Audit;

/// <summary>Whose certificate it is, which one, and whence, read once for each connection, which has an object of its own.</summary>
internal sealed class CertificateBearers
{
    private readonly ConditionalWeakTable<X509Certificate2, Bearer> _known = [];

    public Bearer? Of(ConnectionInfo connection)
    {
        if (connection.ClientCertificate is not { } certificate)
        {
            return null;
        }

        if (!_known.TryGetValue(certificate, out var bearer))
        {
            bearer = Bearer.Of(certificate, AddressOf(connection));
            _known.AddOrUpdate(certificate, bearer);
        }

        return bearer;
    }

    public static string? AddressOf(ConnectionInfo connection) => connection.RemoteIpAddress is { } address
        ? new IPEndPoint(address, connection.RemotePort).ToString()
        : null;

    /// <param name="Identity">Null when the certificate names nobody in particular.</param>
    /// <param name="Serial">The certificate's number, in hex.</param>
    /// <param name="Address">The peer's, with its port.</param>
    internal sealed record Bearer(string? Identity, string Serial, string? Address)
    {
        public static Bearer Of(X509Certificate2 certificate, string? address) =>
            new(CallerIdentity.FromCertificate(certificate, out _)?.Name, certificate.SerialNumber, address);
    }
}
