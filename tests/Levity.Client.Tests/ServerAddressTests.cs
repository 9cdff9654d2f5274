namespace Levity.Client.Tests;

public sealed class ServerAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:4321", "127.0.0.1", 4321)]
    [InlineData("localhost:1", "localhost", 1)]
    [InlineData("build-1.example.org:65535", "build-1.example.org", 65535)]
    [InlineData("[::1]:4321", "::1", 4321)]
    [InlineData("[fe80::1%eth0]:4321", "fe80::1%eth0", 4321)]
    public void A_host_and_a_port_are_an_address(string text, string host, int port)
    {
        var address = ServerAddress.Parse(new Setting(text, "--address"));

        Assert.Equal((host, port), (address.Host, address.Port));
        Assert.Equal(text, address.ToString());
        Assert.Equal(port, address.Uri.Port);
    }

    [Theory]
    [InlineData("localhost", "it has no port: did you mean localhost:4321?")]
    [InlineData("::1:4321", "write an IPv6 address in brackets: [::1]:4321")]
    [InlineData("https://localhost:4321", "write HOST:PORT, such as 127.0.0.1:4321")]
    [InlineData(":4321", "write HOST:PORT, such as 127.0.0.1:4321")]
    [InlineData("", "it has no port: did you mean :4321?")]
    [InlineData("local host:4321", "write HOST:PORT, such as 127.0.0.1:4321")]
    [InlineData("[::1:4321", "write HOST:PORT, such as 127.0.0.1:4321")]
    [InlineData("localhost:0", "the port is a number from 1 to 65535")]
    [InlineData("localhost:65536", "the port is a number from 1 to 65535")]
    [InlineData("localhost:+1", "the port is a number from 1 to 65535")]
    [InlineData("localhost:", "the port is a number from 1 to 65535")]
    public void Everything_else_is_refused_with_a_reason(string text, string reason)
    {
        var refused = Assert.Throws<LevityException>(() => ServerAddress.Parse(new Setting(text, "--address")));

        Assert.Equal($"the server address '{text}' (--address) cannot be used: {reason}", refused.Message);
    }
}
