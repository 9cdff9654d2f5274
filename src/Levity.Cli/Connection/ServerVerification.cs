using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Levity.Cli.Connection;

/// <summary>
/// Looks at the platform's verdict on a server's certificate. It never overrules it; it only remembers why the answer
/// was no, in words, because the exception that the platform makes of it has lost the reason.
/// </summary>
internal sealed class ServerVerification(ConnectionOptions options, TimeProvider time)
{
    /// <summary>Why the server was refused; null as long as it was not.</summary>
    public string? Reason { get; private set; }

    public bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Reason = (certificate as X509Certificate2, errors) switch
        {
            (_, SslPolicyErrors.None) => null,
            (null, _) => "it shows no certificate",
            ({ } leaf, _) => Explain(leaf, chain, errors),
        };
        return errors == SslPolicyErrors.None;
    }

    // A chain that is not trusted comes first: what a stranger's certificate says of names and dates proves nothing.
    private string Explain(X509Certificate2 leaf, X509Chain? chain, SslPolicyErrors errors)
    {
        var reasons = (chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            .SelectMany(element => element.ChainElementStatus.Select(status => Explain(element.Certificate, leaf, status)))
            .Concat(chain?.ChainStatus.Select(status => Explain(null, leaf, status)) ?? [])
            .Where(reason => reason is not null)
            .Distinct()
            .ToList();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            reasons.Add($"it is for {Names(leaf)}, not for {options.Address.Host}");
        }

        return $"its certificate '{leaf.Subject}' cannot be trusted: {string.Join("; ", reasons)}";
    }

    private string? Explain(X509Certificate2? certificate, X509Certificate2 leaf, X509ChainStatus status) => status.Status switch
    {
        X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain => $"it is not signed by {Authorities()}",
        X509ChainStatusFlags.NotTimeValid when certificate is not null => ExplainDates(certificate, leaf),
        X509ChainStatusFlags.NotTimeValid => null,
        X509ChainStatusFlags.NotValidForUsage => "it is not for servers (its extended key usage has no serverAuth)",
        X509ChainStatusFlags.NotSignatureValid => "its signature is wrong",
        _ => $"{status.Status} ({status.StatusInformation.Trim()})",
    };

    private string ExplainDates(X509Certificate2 certificate, X509Certificate2 leaf)
    {
        var whose = certificate.Thumbprint == leaf.Thumbprint ? "it" : $"its CA '{certificate.Subject}'";
        return $"{whose} {Validity.Problem(certificate, time.GetUtcNow()) ?? "is not valid at this time"}";
    }

    private string Authorities() =>
        options.CaFile is { } file ? $"a CA in {file}" : "a CA that the system trusts; name its CA with --ca FILE or LEVITY_CA";

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(ip => ip.ToString())))
            .ToList();
        return names.Count > 0 ? string.Join(", ", names) : "no host (it has no subject alternative name)";
    }
}
