using System.Net;
using Levity.Daemon.Security.Admission;

namespace Levity.Daemon.Tests.Security.Admission;

public sealed class PeerNetworkTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff")]
    [InlineData("::1", "::2")]
    public void These_are_one(string one, string other) => Assert.Equal(Of(one), Of(other));

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2")]
    [InlineData("0.0.0.1", "::1")]
    [InlineData("0.0.0.0", "::")]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1")]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2")]
    public void These_are_two(string one, string other) => Assert.NotEqual(Of(one), Of(other));

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:255.255.255.255", "255.255.255.255")]
    [InlineData("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64")]
    [InlineData("fe80::1%3", "fe80::/64")]
    public void It_is_written_as_people_write_it(string address, string text) => Assert.Equal(text, $"{Of(address)}");

    private static PeerNetwork Of(string address) => PeerNetwork.Of(IPAddress.Parse(address));
}
