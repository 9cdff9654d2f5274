namespace Levity.Client.Connection;

/// <summary>Object identifiers of public key algorithms (RFC 3279, RFC 5480, RFC 8410).</summary>
internal static class KeyAlgorithms
{
    public const string Rsa = "1.2.840.113549.1.1.1";
    public const string Ecdsa = "1.2.840.10045.2.1";
    public const string Ed25519 = "1.3.101.112";
}
