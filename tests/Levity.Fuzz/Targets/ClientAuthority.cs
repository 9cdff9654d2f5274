using System.Security.Cryptography.X509Certificates;

namespace Levity.Fuzz.Targets;

/// <summary>
/// The CA of the certificates and lists in the corpus. Its key is gone: it has signed one certificate that may come in,
/// alice's, and lists that all revoke her, and nobody can make it sign anything else.
/// </summary>
internal static class ClientAuthority
{
    /// <summary>The one name that may come in.</summary>
    public const string Name = "alice";

    /// <summary>Between the first and the last day of all of them.</summary>
    public static readonly DateTime Day = new(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static X509Certificate2 Certificate { get; } = Load();

    private static X509Certificate2 Load()
    {
        using var resource = typeof(ClientAuthority).Assembly.GetManifestResourceStream("client-ca.crt")!;
        using var reader = new StreamReader(resource);
        return X509Certificate2.CreateFromPem(reader.ReadToEnd());
    }
}
