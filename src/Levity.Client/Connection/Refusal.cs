using System.Security.Cryptography.X509Certificates;

namespace Levity.Client.Connection;

/// <summary>Says why the server may have ended a connection that was just made.</summary>
/// <param name="options">What the connection was made from.</param>
/// <param name="certificate">Ours.</param>
/// <param name="time">The clock.</param>
internal sealed class Refusal(ConnectionOptions options, X509Certificate2 certificate, TimeProvider time)
{
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    /// <summary>For a server that said why, with a TLS alert.</summary>
    public string Explain(string alert) => alert switch
    {
        "protocol version" when options.UseObsoleteTls => $"the server at {options.Address} refused TLS 1.2",
        "protocol version" => $"the server at {options.Address} does not speak TLS 1.3",
        _ when IsOfTheCertificate(alert) =>
            $"the server at {options.Address} refused our certificate {options.CertificateFile}: {alert}; "
            + Suspicion(alert),
        _ => $"the server at {options.Address} ended the TLS connection: {alert}",
    };

    /// <summary>
    /// For one that said nothing. .NET, and so levityd, sends no alert when it does not like a certificate: it just
    /// closes the connection.
    /// </summary>
    public string ExplainSilence() =>
        $"the server at {options.Address} seems to refuse our certificate {options.CertificateFile}: {Suspicion()}; "
        + "the connection was closed right after the TLS handshake";

    private static bool IsOfTheCertificate(string alert) =>
        alert.Contains("certificate", StringComparison.Ordinal)
        || alert is "unknown ca" or "access denied" or "decrypt error";

    // What can be seen from here; the server knows better, but does not tell more.
    private string Suspicion(string? alert = null) => (alert, Validity.Problem(certificate, time.GetUtcNow())) switch
    {
        (not "unknown ca", { } problem) => $"it {problem}",
        (not "unknown ca", _) when !IsForClients() =>
            "it is not for clients (its extended key usage has no clientAuth)",
        _ => $"it is signed by '{certificate.Issuer}', which must be a CA that the server trusts (levityd --client-ca) and has "
            + "not revoked it (levityd --crl)",
    };

    private bool IsForClients() => certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()
        .Any(usage => usage.EnhancedKeyUsages[ClientAuth] is not null);
}
