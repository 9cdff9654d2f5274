using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Levity.Daemon.Security;
using Levity.Daemon.Security.Trust;
using Levity.Protocol;

namespace Levity.Fuzz.Targets;

/// <summary>
/// A client's certificate in DER: it names one user or there is a reason, and only the one that the CA has signed for
/// clients is let in.
/// </summary>
internal sealed class CertificateTarget : IFuzzTarget
{
    private readonly ClientCertificatePolicy _policy = new([ClientAuthority.Certificate]);

    public void Take(byte[] input)
    {
        if (!TryLoad(input, out var certificate))
        {
            return;
        }

        using (certificate)
        {
            var identity = CallerIdentity.FromCertificate(certificate, out var refusal);
            Promise.Require(identity is null == refusal is { Length: > 0 }, "a name and a refusal, or neither");
            Promise.Require(identity is null || UserName.TryParse(identity.Name, out _), $"{identity} is nobody's name");
            Promise.Require(
                identity is null || certificate.GetNameInfo(X509NameType.SimpleName, false) == identity.Name,
                "another name than .NET reads");

            var isSigned = IsSigned(certificate, out var chain);
            var isAcceptable = ClientCertificatePolicy.IsAcceptable(
                certificate, isSigned ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateChainErrors);
            Promise.Require(!isAcceptable || isSigned, "let in without a chain");
            Promise.Require(!isAcceptable || identity?.Name == ClientAuthority.Name, $"{identity?.Name} was let in");
            Promise.Require(!isAcceptable || chain!.Certificates.Count == 1, "the root is a part of the chain, once");
        }
    }

    public void Dispose()
    {
    }

    private bool IsSigned(X509Certificate2 certificate, out ClientChain? remembered)
    {
        using var chain = new X509Chain { ChainPolicy = _policy.CreateChainPolicy() };
        chain.ChainPolicy.VerificationTime = ClientAuthority.Day;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        var isSigned = TryBuild(chain, certificate);
        remembered = isSigned ? ClientChain.Of(chain) : null;
        return isSigned;
    }

    // .NET throws for a key or an extension that cannot be read. In a handshake SslStream makes a refusal of it.
    private static bool TryBuild(X509Chain chain, X509Certificate2 certificate)
    {
        try
        {
            return chain.Build(certificate);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool TryLoad(byte[] bytes, out X509Certificate2 certificate)
    {
        certificate = null!;
        try
        {
            certificate = X509CertificateLoader.LoadCertificate(bytes);

            // One whose times .NET cannot read is refused in the handshake: no chain of certificates has it.
            return certificate.NotAfter > certificate.NotBefore;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
