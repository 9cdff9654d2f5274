namespace Levity.Daemon.Security.Admission;

/// <summary>How many connections there may be at once; where a null can be, it is any number.</summary>
internal sealed record ConnectionLimits
{
    public static readonly ConnectionLimits Default = new();

    /// <summary>Of all users together.</summary>
    public int Connections { get; init; } = 5_000;

    /// <summary>From one address, whoever they are.</summary>
    public int? PerAddress { get; init; } = 1_000;

    /// <summary>
    /// That have shown no certificate yet, from everywhere. Far fewer than those of users, and beside them: whoever has no
    /// certificate takes no place from those who have one.
    /// </summary>
    public int Handshakes { get; init; } = 512;

    /// <summary>
    /// The same from one address. Each may have its cryptography wait to be done, in front of a user's call: half a
    /// millisecond on one core.
    /// </summary>
    public int? HandshakesPerAddress { get; init; } = 64;

    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
