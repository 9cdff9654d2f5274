using System.Security.Authentication;
using Levity.Cli.Tests.Certificates;

namespace Levity.Cli.Tests.Connection;

/// <summary>What is said when the server does not accept us.</summary>
public sealed class RefusedClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_certificate_of_another_CA()
    {
        using var other = new TestAuthority("Other CA");
        await using var installation = await Installation.StartAsync(issueClient: _ => other.IssueClient());

        await AssertRefusedAsync(installation, "it is signed by 'CN=Other CA', which must be a CA that the server ");
    }

    [Fact]
    public async Task An_expired_certificate()
    {
        await using var installation = await Installation.StartAsync(
            issueClient: authority => authority.IssueClient(validFromDays: -10, validToDays: -2));

        await AssertRefusedAsync(installation, "it expired on ");
    }

    [Fact]
    public async Task A_servers_certificate()
    {
        await using var installation = await Installation.StartAsync(issueClient: authority => authority.IssueServer());

        await AssertRefusedAsync(installation, "it is not for clients (its extended key usage has no clientAuth)");
    }

    [Fact]
    public async Task TLS_1_2()
    {
        await using var installation = await Installation.StartAsync();

        var run = await installation.RunAsync("--use-obsolete-tls", "query", "1");

        Assert.Equal($"levity: the server at 127.0.0.1:{installation.Server.Port} refused TLS 1.2\n", run.Error);
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task A_server_that_knows_nothing_newer_than_TLS_1_2()
    {
        await using var installation = await Installation.StartAsync(
            configure: options => options with { Protocols = SslProtocols.Tls12 });

        var run = await installation.RunAsync("query", "1");

        Assert.Equal($"levity: the server at 127.0.0.1:{installation.Server.Port} does not speak TLS 1.3\n", run.Error);
        Assert.Equal(125, run.ExitCode);
    }

    private static async Task AssertRefusedAsync(Installation installation, string reason)
    {
        foreach (string[] command in (string[][])[["query", "1"], ["logs", "-f", "1"]])
        {
            // Told long before the timeout is over: it will not be otherwise.
            var run = await installation.RunAsync(["-t", "1h", .. command]).WaitAsync(Patience, TestContext.Current.CancellationToken);

            Assert.StartsWith(
                $"levity: the server at 127.0.0.1:{installation.Server.Port} seems to refuse our certificate "
                + $"'{installation.CertificateFile}' (--certificate): ",
                run.Error,
                StringComparison.Ordinal);
            Assert.Contains(reason, run.Error, StringComparison.Ordinal);
            Assert.Equal(1, run.Error.Count(c => c == '\n'));
            Assert.Equal(125, run.ExitCode);
        }
    }
}
