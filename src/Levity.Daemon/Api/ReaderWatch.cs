namespace Levity.Daemon.Api;

/// <summary>
/// Notices that a client has stopped: one message has waited for too long, to be taken or to come. Kestrel itself would wait
/// for ever.
/// </summary>
/// <param name="timeout">How long is too long; <see cref="Timeout.InfiniteTimeSpan"/> for never.</param>
/// <param name="giveUp">Ends the call, and with it the sending.</param>
/// <param name="time">The clock.</param>
internal sealed class ReaderWatch(TimeSpan timeout, Action giveUp, TimeProvider time) : IDisposable
{
    // Most calls never need it.
    private ITimer? _timer;

    /// <summary>Waits until a message has been handed over. Whoever takes it at once never meets the clock.</summary>
    public async Task WaitAsync(Task sending)
    {
        if (sending.IsCompleted)
        {
            await sending;
            return;
        }

        Begin();
        try
        {
            await sending;
        }
        finally
        {
            End();
        }
    }

    /// <summary>It is the client's turn.</summary>
    public void Begin()
    {
        _timer ??= time.CreateTimer(
            _ => giveUp(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The client has done what it had to.</summary>
    public void End() => _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer?.Dispose();
}
