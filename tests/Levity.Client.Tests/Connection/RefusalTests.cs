using Levity.Client.Connection;
using Levity.Cli.Tests.Certificates;

namespace Levity.Client.Tests.Connection;

/// <summary>What is made of a TLS alert. .NET servers send none for a certificate; others do.</summary>
public sealed class RefusalTests
{
    private const string Refused = "the server at 127.0.0.1:4321 refused our certificate 'alice.pem' (--certificate): ";

    [Theory]
    [InlineData("error:0A000418:SSL routines::tlsv1 alert unknown ca", "unknown ca")]
    [InlineData("error:0A000415:SSL routines::sslv3 alert certificate expired", "certificate expired")]
    [InlineData("error:0A00045C:SSL routines::tlsv13 alert certificate required", "certificate required")]
    [InlineData("Alert: the SSL certificate alert bell rang", null)]
    [InlineData("Connection reset by peer", null)]
    public void An_alert_is_found_in_the_innermost_exception(string message, string? alert)
    {
        var innermost = new InvalidDataException(message);

        Assert.Equal(alert, TlsAlert.Find(new IOException("read", new InvalidOperationException("SSL", innermost))));
    }

    [Fact]
    public void An_unknown_CA_names_the_issuer() => AssertExplained(
        authority => authority.IssueClient(),
        "unknown ca",
        $"{Refused}unknown ca; it is signed by 'CN=Test CA', which must be a CA that the server trusts ");

    [Fact]
    public void An_expired_certificate_names_its_date() => AssertExplained(
        authority => authority.IssueClient(validFromDays: -10, validToDays: -2),
        "certificate expired",
        $"{Refused}certificate expired; it expired on ");

    [Fact]
    public void A_certificate_for_something_else_names_its_usage() => AssertExplained(
        authority => authority.IssueServer(),
        "unsupported certificate",
        $"{Refused}unsupported certificate; it is not for clients (its extended key usage has no clientAuth)");

    [Fact]
    public void An_alert_of_something_else_is_not_blamed_on_the_certificate() => AssertExplained(
        authority => authority.IssueClient(),
        "internal error",
        "the server at 127.0.0.1:4321 ended the TLS connection: internal error");

    private static void AssertExplained(Func<TestAuthority, IssuedCertificate> issue, string alert, string expected)
    {
        using var authority = new TestAuthority();
        using var client = issue(authority);
        var options = new ConnectionOptions
        {
            Address = new ServerAddress("127.0.0.1", 4321),
            CertificateFile = new Setting("alice.pem", "--certificate"),
            KeyFile = new Setting("alice.key", "--key"),
        };

        var line = new Refusal(options, client.Certificate, TimeProvider.System).Explain(alert);

        Assert.StartsWith(expected, line, StringComparison.Ordinal);
    }
}
