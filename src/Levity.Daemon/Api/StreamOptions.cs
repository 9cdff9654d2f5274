namespace Levity.Daemon.Api;

/// <summary>What the operator decides about all calls.</summary>
internal sealed record StreamOptions
{
    /// <summary>How long one message may wait for a client that does not read it, or does not send the rest of it.</summary>
    public TimeSpan ReaderTimeout { get; init; } = TimeSpan.FromMinutes(1);
}
