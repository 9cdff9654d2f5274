using System.Security.Cryptography.X509Certificates;
using Levity.Protocol;
using Levity.Protocol.Registry;

namespace Levity.Daemon.Security;

/// <summary>
/// Who is calling: the one Common Name of the verified client certificate. A name that could be mistaken for another
/// (two Common Names, look-alike letters, control characters) is no identity.
/// </summary>
internal sealed record CallerIdentity(string Name, DateTimeOffset NotAfter)
{
    /// <summary>What the interceptors put the caller under in the call's state.</summary>
    public static readonly object Key = new();

    /// <summary>What is noted of the certificate with the tasks that are started with it; null when nothing is.</summary>
    public StartingCertificate? Certificate { get; init; }

    /// <summary>Reads the identity; null, with the reason, when the certificate names nobody in particular.</summary>
    public static CallerIdentity? FromCertificate(X509Certificate2 certificate, out string? refusal)
    {
        var names = CommonNames.In(certificate.SubjectName);
        refusal = names switch
        {
            null => "the certificate's name cannot be read",
            [] => "the certificate has no Common Name",
            [var only] when UserName.TryParse(only, out _) => null,
            [_] => $"the certificate's Common Name is not made of {UserName.Rule}",
            _ => "the certificate has more than one Common Name",
        };

        // NotAfter is given as local time.
        return refusal is null ? new CallerIdentity(names![0], new DateTimeOffset(certificate.NotAfter)) : null;
    }
}
