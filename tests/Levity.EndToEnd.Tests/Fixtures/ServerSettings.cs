namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>How a test wants its levityd.</summary>
internal sealed record ServerSettings
{
    /// <summary>What levityd is told with --grace; nothing when it is null.</summary>
    public string? Grace { get; init; }

    /// <summary>What it is told with --reader-timeout; nothing when it is null.</summary>
    public string? ReaderTimeout { get; init; }

    /// <summary>What levityd is told with --log-quota; nothing when it is null.</summary>
    public string? LogQuota { get; init; }

    /// <summary>Options of mount(8) for a tmpfs that is the state directory; an ordinary one when it is null.</summary>
    public string? StateFileSystem { get; init; }

    /// <summary>What levityd is told with --inactivity-timeout; nothing when it is null.</summary>
    public string? InactivityTimeout { get; init; }

    /// <summary>What is in the file that levityd is given with --config; it gets none when it is null.</summary>
    public string? Configuration { get; init; }

    /// <summary>
    /// Gives, for the scratch directory, a command that executes what follows it, after it has changed what that
    /// inherits.
    /// </summary>
    public Func<string, string[]> Launcher { get; init; } = _ => [];

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Whom levityd runs as: a user id; as we do when it is null. Only root can have this.</summary>
    public int? UserId { get; init; }

    /// <summary>The host that the server's certificate is for, instead of the one it runs on.</summary>
    public string? CertificateHost { get; init; }

    /// <summary>Makes the file that it is told of with --crl; nothing when it is null.</summary>
    public Func<TestCertificates, string>? Crl { get; init; }
}
