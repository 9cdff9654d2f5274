using System.Net;
using Levity.Daemon.Security.Admission;

namespace Levity.Daemon.Tests.Security.Admission;

/// <summary>Who has a place, who has to leave it, and that places come back.</summary>
public sealed class VisitorsTests
{
    private static readonly ConnectionLimits Limits =
        new() { Connections = 4, PerAddress = 3, Handshakes = 3, HandshakesPerAddress = 2 };

    private readonly Visitors _visitors = new(Limits, user => user == "carol" ? 1 : null);
    private readonly List<Visit> _cut = [];

    [Fact]
    public void An_address_has_so_many_handshakes_and_another_has_its_own()
    {
        var first = Entered("192.0.2.1");
        Entered("192.0.2.1");

        Assert.Equal(
            "handshakes-per-address: the limit is 2, and so many are not done yet", Refused("192.0.2.1").Refusal);
        Entered("192.0.2.2");

        _visitors.Leave(first);
        Entered("192.0.2.1");
        Assert.Empty(_cut);
    }

    [Fact]
    public void Why_there_is_no_place_is_told_before_it_shows()
    {
        var visit = Entered("192.0.2.1");
        var told = new List<(string, string?)>();
        visit.OnRefused = reason => told.Add((reason, visit.Refusal));

        visit.Refusal = "too much noise";

        Assert.Equal([("too much noise", null)], told);
        Assert.Equal("too much noise", visit.Refusal);
    }

    [Fact]
    public void One_too_many_in_all_takes_the_place_of_the_oldest_of_the_address_with_most()
    {
        var oldest = Entered("192.0.2.1");
        var older = Entered("192.0.2.2");
        Entered("192.0.2.2");

        Entered("192.0.2.3");

        Assert.Equal([older], _cut);
        Assert.Equal("handshakes: there may be 3 at once, and this one took longest", older.Refusal);
        Assert.Null(oldest.Refusal);
        Assert.False(_visitors.TryKnow(older, "alice"));

        // Its own end takes nobody else's place away.
        _visitors.Leave(older);
        Entered("192.0.2.4");
        Assert.Equal(2, _cut.Count);
    }

    [Fact]
    public void Those_of_users_take_no_place_from_handshakes_nor_the_other_way_round()
    {
        for (var i = 1; i <= 4; i++)
        {
            Known($"192.0.2.{i}", "alice");
        }

        Entered("192.0.2.5");
        Entered("192.0.2.6");
        var third = Entered("192.0.2.7");

        Assert.False(_visitors.TryKnow(third, "alice"));
        Assert.Equal("connections: there may be 4 of all users at once", third.Refusal);
        Assert.Empty(_cut);
    }

    [Fact]
    public void An_address_has_so_many_connections_with_those_of_users()
    {
        var first = Known("2001:db8::1", "alice");
        Known("2001:db8::2", "bob");
        Known("2001:db8::3", "dora");

        Assert.Equal("connections-per-address: the limit is 3, and there are so many", Refused("2001:db8::4").Refusal);

        _visitors.Leave(first);
        Entered("2001:db8::5");
    }

    [Fact]
    public void A_user_has_so_many_connections_and_the_next_one_once_one_is_closed()
    {
        var first = Known("192.0.2.1", "carol");
        var second = Entered("192.0.2.2");

        Assert.False(_visitors.TryKnow(second, "carol"));
        Assert.Equal("connections: the limit of carol is 1, and there are 1: close one", second.Refusal);

        _visitors.Leave(second);
        _visitors.Leave(first);
        _visitors.Leave(first);
        Known("192.0.2.2", "carol");
    }

    [Fact]
    public void Without_limits_for_addresses_all_may_come_from_one()
    {
        var visitors = new Visitors(Limits with { PerAddress = null, HandshakesPerAddress = null }, _ => null);

        foreach (var _ in Enumerable.Range(0, 4))
        {
            var visit = NewVisit("192.0.2.1");
            Assert.True(visitors.TryEnter(visit));
            Assert.True(visitors.TryKnow(visit, "alice"));
        }
    }

    private Visit Entered(string address)
    {
        var visit = NewVisit(address);
        Assert.True(_visitors.TryEnter(visit), visit.Refusal);
        return visit;
    }

    private Visit Refused(string address)
    {
        var visit = NewVisit(address);
        Assert.False(_visitors.TryEnter(visit));
        return visit;
    }

    private Visit Known(string address, string user)
    {
        var visit = Entered(address);
        Assert.True(_visitors.TryKnow(visit, user), visit.Refusal);
        return visit;
    }

    private Visit NewVisit(string address)
    {
        Visit? visit = null;
        return visit = new Visit(PeerNetwork.Of(IPAddress.Parse(address)), () => _cut.Add(visit!));
    }
}
