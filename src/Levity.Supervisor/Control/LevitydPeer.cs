using Levity.Protocol.Supervisor;

namespace Levity.Supervisor.Control;

/// <summary>The levityd that gets the events, if one is connected. Only the supervisor's loop touches it.</summary>
internal sealed class LevitydPeer
{
    // A peer that does not read is not waited for.
    private static readonly TimeSpan FlushTime = TimeSpan.FromSeconds(2);

    private ControlConnection? _connection;

    /// <summary>The versions that it speaks; null when none is connected.</summary>
    public VersionRange? Versions { get; private set; }

    /// <summary>
    /// Of two levityds on one supervisor the newer one is meant; the state directory's lock lets only one be.
    /// </summary>
    public void Replace(ControlConnection connection, VersionRange versions)
    {
        _connection?.Close();
        _connection = connection;
        Versions = versions;
    }

    public void Gone(ControlConnection connection)
    {
        if (_connection == connection)
        {
            _connection = null;
            Versions = null;
        }
    }

    /// <summary>Ends the connection once the peer has all that was posted, and waits for that.</summary>
    public void CloseAndFlush()
    {
        _connection?.Close();
        _connection?.Closed.Wait(FlushTime);
    }

    public void Tell(Reply news) => _connection?.Post(news);
}
