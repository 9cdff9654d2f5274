using Levity.Cli.Authority;

namespace Levity.Cli.Tests.Authority;

public sealed class ServerHostsTests
{
    [Theory]
    [InlineData("localhost")]
    [InlineData("levity.example.org")]
    [InlineData("*.example.org")]
    [InlineData("node-1")]
    [InlineData("xn--bcher-kva.example")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("2001:DB8::7")]
    [InlineData("::ffff:192.0.2.7")]
    public void A_name_or_an_address_is_a_host(string host) => Assert.True(ServerHosts.IsHost(host));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("example.org.")]
    [InlineData("-a.example")]
    [InlineData("a-.example")]
    [InlineData("*")]
    [InlineData("a.*.example")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("bücher.example")]
    [InlineData("localhost:4321")]
    [InlineData("1")]
    [InlineData("127.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("010.0.0.1")]
    [InlineData("256.1.1.1")]
    [InlineData("[::1]")]
    [InlineData("fe80::1%eth0")]
    [InlineData("::1\n")]
    [InlineData("localhost\n")]
    public void Nothing_else_is(string host) => Assert.False(ServerHosts.IsHost(host));
}
