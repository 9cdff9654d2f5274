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
    public int Handshakes { get; init; } = 1_024;

    /// <summary>
    /// The same from one address: enough for a program that starts some hundred tasks at once, each with a levity of its own.
    /// </summary>
    public int? HandshakesPerAddress { get; init; } = 256;

    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
