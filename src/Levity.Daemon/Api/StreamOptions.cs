namespace Levity.Daemon.Api;

/// <summary>What the operator decides about all streams.</summary>
internal sealed record StreamOptions
{
    /// <summary>How long one message may wait for a client that does not read.</summary>
    public TimeSpan ReaderTimeout { get; init; } = TimeSpan.FromMinutes(1);
}
