using Levity.EndToEnd.Tests.Fixtures;
using static Levity.EndToEnd.Tests.Tls.SClient;

namespace Levity.EndToEnd.Tests.Tls;

/// <summary>What a client can ask for in a handshake that .NET's never does.</summary>
public sealed class OpensslTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly LevityServer _server = shared.Server;

    [Theory]
    [InlineData("-servername", "localhost")]
    [InlineData("-servername", "elsewhere.example.org")]
    [InlineData("-servername", "xn--lvity-9va.example")]
    [InlineData("-servername", "a b")]
    [InlineData("-noservername")]
    public async Task Whatever_server_name_a_client_asks_for_it_meets_the_same_server(params string[] name)
    {
        await NeedAsync();

        var letIn = await ConnectAsync(_server, [.. ProofOf(_server.Certificates.Alice), .. name]);
        var refused = await ConnectAsync(_server, name);

        AssertAnswered(letIn);
        Assert.Contains("Verify return code: 0 (ok)", letIn, StringComparison.Ordinal);
        Assert.Matches("subject=CN ?= ?localhost\n", letIn);
        AssertNotAnswered(refused);
    }

    [Fact]
    public async Task A_server_name_that_no_host_can_have_leads_nowhere_and_the_server_goes_on()
    {
        await NeedAsync();

        // .NET throws for the first of them.
        foreach (var name in new[] { "a..b/../c d", new string('x', 255), "xn--0", "..", "\u007f" })
        {
            await ConnectAsync(_server, [.. ProofOf(_server.Certificates.Alice), "-servername", name]);
            AssertNotAnswered(await ConnectAsync(_server, "-servername", name));
        }

        AssertAnswered(await ConnectAsync(_server, ProofOf(_server.Certificates.Alice)));
        Assert.DoesNotContain("Unhandled exception", _server.Messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("h2,http/1.1")]
    [InlineData("http/1.1,h3,h2")]
    public async Task Of_several_protocols_HTTP_2_is_chosen(string offered)
    {
        await NeedAsync();

        var said = await ConnectAsync(_server, [.. ProofOf(_server.Certificates.Alice), "-alpn", offered]);

        AssertAnswered(said);
        Assert.Contains("ALPN protocol: h2\n", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("H2")]
    [InlineData("h2c")]
    [InlineData("h3")]
    [InlineData("http/1.1,http/1.0,spdy/3")]
    public async Task Without_HTTP_2_there_is_no_protocol_and_no_connection(string offered)
    {
        await NeedAsync();

        var said = await ConnectAsync(_server, [.. ProofOf(_server.Certificates.Alice), "-alpn", offered]);

        AssertNotAnswered(said);
        Assert.Contains("No ALPN negotiated", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Early_data_is_rejected_unread_with_or_without_a_certificate()
    {
        await NeedAsync();
        var session = await ForeignSessionAsync();
        var data = Path.Combine(_server.Scratch, "early");
        await File.WriteAllBytesAsync(data, RawConnection.Greeting, TestContext.Current.CancellationToken);
        string[] early = ["-sess_in", session, "-early_data", data];

        var ofAlice = await ConnectAsync(_server, [.. ProofOf(_server.Certificates.Alice), .. early]);
        var ofNobody = await ConnectAsync(_server, early);

        Assert.Contains("Early data was rejected", ofAlice, StringComparison.Ordinal);
        AssertAnswered(ofAlice);
        Assert.Contains("Early data was rejected", ofNobody, StringComparison.Ordinal);
        AssertNotAnswered(ofNobody);
    }

    // No session of levityd's lets openssl send early data. One of another server does, and so does one that was forged.
    private async Task<string> ForeignSessionAsync()
    {
        var session = Path.Combine(_server.Scratch, "foreign");
        var identity = _server.Certificates.Server;
        await using var other = RunningProgram.Start(
            ["openssl", "s_server", "-accept", "127.0.0.1:0", .. ProofOf(identity), "-tls1_3", "-alpn", "h2", "-early_data"],
            withInput: true);
        var address = await Eventually.CompletesAsync(
            other.Output.WhenAsync(said => said.Split('\n').SkipLast(1).FirstOrDefault(
                line => line.StartsWith("ACCEPT ", StringComparison.Ordinal))?[7..]),
            () => $"the address of openssl s_server; it said: {other.Error.Text}");
        await using var client = RunningProgram.Start(
            ["openssl", "s_client", "-connect", address!, "-tls1_3", "-alpn", "h2", "-ign_eof", "-sess_out", session],
            withInput: true);
        await Eventually.TrueAsync(
            () => File.Exists(session) && File.ReadAllText(session).Contains("END SSL SESSION", StringComparison.Ordinal),
            () => $"a session; openssl said: {client.Output.Text}{client.Error.Text}");
        return session;
    }
}
