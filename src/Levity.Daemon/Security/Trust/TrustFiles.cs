using System.Net.Security;

namespace Levity.Daemon.Security.Trust;

/// <summary>The files that say whom to trust.</summary>
internal sealed class TrustFiles(string certificate, string key, string clientCa, string? crl)
{
    private readonly TrustFile _certificate = new(certificate);
    private readonly TrustFile _key = new(key);
    private readonly TrustFile _clientCa = new(clientCa);
    private readonly TrustFile? _crl = crl is null ? null : new TrustFile(crl);

    /// <summary>Reads them again. What that means is asked for afterwards, part by part.</summary>
    /// <returns>Whether one of them says something else now.</returns>
    public bool ReadAgain() =>
        _certificate.ReadAgain() | _key.ReadAgain() | _clientCa.ReadAgain() | (_crl?.ReadAgain() ?? false);

    /// <exception cref="InvalidCertificateException">A file of this part is no good.</exception>
    public SslStreamCertificateContext Server() => ServerCertificate.Read(_certificate, _key);

    /// <inheritdoc cref="Server"/>
    public ClientCertificatePolicy Clients() => new(ServerCertificate.ReadAll(_clientCa));

    /// <inheritdoc cref="Server"/>
    public RevocationLists Revocations(ClientCertificatePolicy clients) =>
        _crl is null ? RevocationLists.None : RevocationLists.Read(_crl, clients.Roots);
}
