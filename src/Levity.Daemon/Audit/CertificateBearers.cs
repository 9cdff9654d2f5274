using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Levity.Daemon.Security;

namespace Levity.Daemon.Audit;

/// <summary>Whose certificate it is and which one, read once for each connection, which has an object of its own.</summary>
internal sealed class CertificateBearers
{
    private readonly ConditionalWeakTable<X509Certificate2, Bearer> _known = [];

    public Bearer? Of(X509Certificate2? certificate) =>
        certificate is null ? null : _known.GetValue(certificate, Bearer.Of);

    /// <param name="Identity">Null when the certificate names nobody in particular.</param>
    /// <param name="Serial">The certificate's number, in hex.</param>
    internal sealed record Bearer(string? Identity, string Serial)
    {
        public static Bearer Of(X509Certificate2 certificate) =>
            new(CallerIdentity.FromCertificate(certificate, out _)?.Name, certificate.SerialNumber);
    }
}
