using Levity.Protocol.Supervisor;

namespace Levity.Supervisor.Control;

/// <summary>The levityd that gets the events, if one is connected. Only the supervisor's loop touches it.</summary>
internal sealed class LevitydPeer
{
    private ControlConnection? _connection;

    /// <summary>
    /// Of two levityds on one supervisor the newer one is meant; the state directory's lock lets only one be.
    /// </summary>
    public void Replace(ControlConnection connection)
    {
        _connection?.Close();
        _connection = connection;
    }

    public void Gone(ControlConnection connection) =>
        _connection = _connection == connection ? null : _connection;

    public void Tell(Reply news) => _connection?.Post(news);
}
