using System.Net.Security;
using System.Security.Authentication;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Tls;

/// <summary>TLS 1.3 and HTTP/2, or no connection.</summary>
public sealed class HandshakeTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly LevityServer _server = shared.Server;

    [Fact]
    public async Task Tls_1_3_with_a_users_certificate_and_HTTP_2_is_let_in() => Assert.Equal(
        SslApplicationProtocol.Http2,
        await RawConnection.GreetAsync(_server, Alice, SslProtocols.Tls13, SslApplicationProtocol.Http2));

    [Fact]
    public async Task Tls_1_2_is_refused_with_an_alert_that_says_so()
    {
        var refusal = await Assert.ThrowsAsync<AuthenticationException>(
            () => RawConnection.GreetAsync(_server, Alice, SslProtocols.Tls12, SslApplicationProtocol.Http2));

        Assert.Contains("alert protocol version", $"{refusal}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_offers_HTTP_1_1_only_is_refused_with_an_alert_that_says_so()
    {
        var refusal = await Assert.ThrowsAsync<AuthenticationException>(
            () => RawConnection.GreetAsync(_server, Alice, SslProtocols.Tls13, SslApplicationProtocol.Http11));

        Assert.Contains("alert no application protocol", $"{refusal}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_both_HTTP_2_is_chosen() => Assert.Equal(
        SslApplicationProtocol.Http2,
        await RawConnection.GreetAsync(
            _server, Alice, SslProtocols.Tls13, SslApplicationProtocol.Http11, SslApplicationProtocol.Http2));

    [Fact]
    public async Task Who_offers_no_protocol_gets_no_answer() =>
        Assert.Null(await RawConnection.GreetAsync(_server, Alice));

    private Identity Alice => _server.Certificates.Alice;
}
