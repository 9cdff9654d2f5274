namespace Levity.Cli.Connection;

/// <summary>Everything a connection is made from.</summary>
internal sealed record ConnectionOptions
{
    public required ServerAddress Address { get; init; }

    /// <summary>The client's certificate, PEM, with any intermediates behind it.</summary>
    public required Setting CertificateFile { get; init; }

    /// <summary>The certificate's private key, PEM.</summary>
    public required Setting KeyFile { get; init; }

    /// <summary>The CAs that a server may be signed by, PEM; the system's when it is null.</summary>
    public required Setting? CaFile { get; init; }

    /// <summary>For connecting and for a call with one answer, together.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Speaks TLS 1.2, and nothing newer: only good for seeing that a server refuses it.</summary>
    public required bool UseObsoleteTls { get; init; }
}
