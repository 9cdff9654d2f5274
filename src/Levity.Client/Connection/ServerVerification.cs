using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Levity.Client.Connection;

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

    private string Explain(X509Certificate2 leaf, X509Chain? chain, SslPolicyErrors errors)
    {
        var ofElements =
            from element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>()
            from status in element.ChainElementStatus
            select Explain(element.Certificate, leaf, status);
        var ofTheWhole = from status in chain?.ChainStatus ?? [] select Explain(null, leaf, status);
        var reasons = ofElements.Concat(ofTheWhole).OfType<string>().Distinct().ToList();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            reasons.Add($"it is for {Names(leaf)}, not for {options.Address.Host}");
        }

        return $"its certificate '{leaf.Subject}' cannot be trusted: {string.Join("; ", reasons)}";
    }

    private string? Explain(X509Certificate2? certificate, X509Certificate2 leaf, X509ChainStatus status) =>
        status.Status switch
        {
            X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain => $"it is not signed by {Roots()}",
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

    private string Roots() => options.CaFile is { } file
        ? $"a CA in {file}"
        : $"a CA that the system trusts; name its own with {options.CaFileName}";

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(san => san.EnumerateDnsNames().Concat(san.EnumerateIPAddresses().Select(ip => $"{ip}")))
            .ToList();
        return names.Count > 0 ? string.Join(", ", names) : "no host (it has no subject alternative name)";
    }
}
