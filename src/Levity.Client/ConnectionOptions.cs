namespace Levity.Client;

/// <summary>Everything a connection is made from. The files are read again for each connection.</summary>
public sealed record ConnectionOptions
{
    /// <summary>Where the server is.</summary>
    public required ServerAddress Address { get; init; }

    /// <summary>The client's certificate, PEM, with any intermediates behind it.</summary>
    public required Setting CertificateFile { get; init; }

    /// <summary>The certificate's private key, PEM, not encrypted: ECDSA or RSA.</summary>
    public required Setting KeyFile { get; init; }

    /// <summary>The CAs that a server may be signed by, PEM; the system's when it is null.</summary>
    public Setting? CaFile { get; init; }

    /// <summary>
    /// For connecting and for a call with one answer, together; repeats of the call are within it. Who follows a log goes on
    /// for three times as long without a connection.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What <see cref="Timeout"/> is called where it was set.</summary>
    internal string TimeoutName { get; init; } = nameof(Timeout);

    /// <summary>How <see cref="CaFile"/> is given.</summary>
    internal string CaFileName { get; init; } = nameof(CaFile);

    /// <summary>Speaks TLS 1.2, and nothing newer: only good for seeing that a server refuses it.</summary>
    internal bool UseObsoleteTls { get; init; }

    /// <summary>The timeout in words, and what to change.</summary>
    internal string TimeoutText => $"{Timeout.TotalSeconds}s ({TimeoutName})";
}
