namespace Levity.Client.Connection;

/// <summary>The connection that all calls of a client share: opened by the first of them, and anew once it is lost.</summary>
internal sealed class SharedConnection(ConnectionOptions options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _opening = new(1);

    private ServerConnection? _current;
    private volatile bool _isDisposed;
    private volatile bool _wasAccepted;

    /// <summary>Whether the server has accepted us, on this connection or one before: then a lost one is worth another try.</summary>
    public bool WasAccepted => _wasAccepted || _current is { IsAccepted: true };

    /// <summary>The caller disposes of what it gets, and the connection stays as long as anybody uses it.</summary>
    /// <exception cref="LevityException">It cannot be opened, or not by the deadline.</exception>
    public async Task<ServerConnection> UseAsync(DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(LevityClient));
            if (_current is { IsLost: false } open)
            {
                return open.Share();
            }

            _wasAccepted = WasAccepted;
            Interlocked.Exchange(ref _current, null)?.Dispose();
            var opened = await ServerConnection.OpenAsync(options, deadline, time, cancellationToken);
            _current = opened.Share();
            if (_isDisposed)
            {
                Interlocked.Exchange(ref _current, null)?.Dispose();
            }

            return opened;
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Calls under way go on; the last of them closes the connection.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        Interlocked.Exchange(ref _current, null)?.Dispose();
    }
}
