namespace Levity.Daemon.Security.Admission;

/// <summary>
/// Who is here: all connections, by address and by user. It says who may come in, and nothing is awaited for that.
/// </summary>
/// <param name="limits">How many there may be.</param>
/// <param name="mostOf">How many a user may have; null is any.</param>
internal sealed class Visitors(ConnectionLimits limits, Func<string, int?> mostOf)
{
    // Guards all below, and the places of the visits.
    private readonly Lock _gate = new();
    private readonly Dictionary<PeerNetwork, Peer> _peers = [];
    private readonly Dictionary<string, User> _users = new(StringComparer.Ordinal);
    private int _strangers;
    private int _known;

    /// <summary>Takes a place for a connection of somebody unknown.</summary>
    /// <returns>False when it has none, and a reason.</returns>
    public bool TryEnter(Visit visit)
    {
        Visit? displaced = null;
        lock (_gate)
        {
            if (_peers.GetValueOrDefault(visit.From) is { } here && RefusalFor(here) is { } refusal)
            {
                visit.Refusal = refusal;
                return false;
            }

            if (_strangers >= limits.Handshakes)
            {
                // It may be a user who knocks, and so it comes in. The address with most of them has to wait least for one.
                displaced = _peers.Values.MaxBy(peer => peer.Strangers.Count)!.Strangers.First!.Value;
                displaced.Refusal = $"handshakes: there may be {limits.Handshakes} at once, and this one took longest";
                Remove(displaced);
            }

            var peer = _peers.GetValueOrDefault(visit.From) ?? (_peers[visit.From] = new Peer());
            visit.Place = peer.Strangers.AddLast(visit);
            _strangers++;
        }

        displaced?.Cut();
        return true;
    }

    /// <summary>It is a user's from now on.</summary>
    /// <returns>False when that user, or all of them together, have as many as they may, or it was cut meanwhile.</returns>
    public bool TryKnow(Visit visit, string user)
    {
        lock (_gate)
        {
            if (visit.Place is null)
            {
                // Cut in this very moment; the reason is there.
                return false;
            }

            var here = _users.GetValueOrDefault(user) ?? new User();
            visit.Refusal = here.Connections >= mostOf(user)
                ? $"connections: the limit of {user} is {mostOf(user)}, and there are {here.Connections}: close one"
                : _known >= limits.Connections ? $"connections: there may be {limits.Connections} of all users at once" : null;
            if (visit.Refusal is not null)
            {
                return false;
            }

            Remove(visit);
            var peer = _peers.GetValueOrDefault(visit.From) ?? (_peers[visit.From] = new Peer());
            peer.Known++;
            here.Connections++;
            _users[user] = here;
            _known++;
            (visit.User, visit.Held) = (user, here.Held);
            return true;
        }
    }

    /// <summary>Gives its place back, if it has one.</summary>
    public void Leave(Visit visit)
    {
        lock (_gate)
        {
            Remove(visit);
        }
    }

    private string? RefusalFor(Peer peer) =>
        peer.Strangers.Count >= limits.HandshakesPerAddress
            ? $"handshakes-per-address: the limit is {limits.HandshakesPerAddress}, and so many are not done yet"
            : peer.Strangers.Count + peer.Known >= limits.PerAddress
                ? $"connections-per-address: the limit is {limits.PerAddress}, and there are so many"
                : null;

    private void Remove(Visit visit)
    {
        if (!_peers.TryGetValue(visit.From, out var peer))
        {
            return;
        }

        if (visit.Place is { } place)
        {
            peer.Strangers.Remove(place);
            visit.Place = null;
            _strangers--;
        }
        else if (visit.User is { } user)
        {
            peer.Known--;
            visit.User = null;
            _known--;
            if (--_users[user].Connections == 0)
            {
                _users.Remove(user);
            }
        }

        if (peer.Known + peer.Strangers.Count == 0)
        {
            _peers.Remove(visit.From);
        }
    }

    private sealed class User
    {
        public int Connections { get; set; }

        public HeldBytes Held { get; } = new();
    }

    /// <summary>What there is of one address: strangers in the order of their arrival.</summary>
    private sealed class Peer
    {
        public LinkedList<Visit> Strangers { get; } = [];

        public int Known { get; set; }
    }
}
