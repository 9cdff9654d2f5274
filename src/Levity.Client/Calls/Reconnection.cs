namespace Levity.Client.Calls;

/// <summary>When to try again after a connection was lost: soon, then less and less often, then not at all.</summary>
/// <param name="patience">How long to go on without any progress.</param>
/// <param name="time">The clock.</param>
internal sealed class Reconnection(TimeSpan patience, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private TimeSpan _pause = FirstPause;
    private long? _connectedAt;
    private long? _lostAt;

    /// <summary>Something was received: what was lost has been regained.</summary>
    public void Progress() => _lostAt = null;

    /// <summary>There is a connection. If it holds for long that is progress: a task may be silent for days.</summary>
    public void Connected() => _connectedAt = time.GetTimestamp();

    /// <summary>Notes a loss.</summary>
    /// <returns>True for the first one since there was progress.</returns>
    public bool Lost()
    {
        if (_connectedAt is { } connectedAt && time.GetElapsedTime(connectedAt) >= patience)
        {
            Progress();
        }

        _connectedAt = null;
        if (_lostAt is not null)
        {
            return false;
        }

        _lostAt = time.GetTimestamp();
        _pause = FirstPause;
        return true;
    }

    /// <summary>Waits until it is time for the next try.</summary>
    /// <returns>False when patience has run out.</returns>
    public async Task<bool> PauseAsync(CancellationToken cancellationToken)
    {
        if (_lostAt is { } lostAt && time.GetElapsedTime(lostAt) + _pause > patience)
        {
            return false;
        }

        await Task.Delay(_pause, time, cancellationToken);
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        return true;
    }

    /// <summary>After a loss that may be mended: tells of it, once, and waits for the next try.</summary>
    /// <param name="failure">What was lost; thrown when patience has run out.</param>
    /// <param name="resuming">Told, unless it was us who have stopped reading: whoever reads from us may have taken a rest.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    public async Task ResumeAsync(LevityException failure, Action? resuming, CancellationToken cancellationToken)
    {
        if (Lost() && failure.Kind != LevityErrorKind.StoppedReading)
        {
            resuming?.Invoke();
        }

        if (!await PauseAsync(cancellationToken))
        {
            throw failure;
        }
    }
}
