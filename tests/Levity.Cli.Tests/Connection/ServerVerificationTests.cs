using Levity.Cli.Tests.Certificates;

namespace Levity.Cli.Tests.Connection;

/// <summary>What is said of a server that cannot be trusted.</summary>
public sealed class ServerVerificationTests
{
    [Fact]
    public async Task A_server_signed_by_another_CA_is_refused()
    {
        using var other = new TestAuthority("Other CA");
        await using var installation = await Installation.StartAsync();
        var otherFile = installation.Files.Write("other.pem", other.Certificate.ExportCertificatePem());
        installation.CaFile = otherFile;

        var run = await installation.RunAsync("query", "1");

        Assert.Equal(
            $"levity: the server at 127.0.0.1:{installation.Server.Port} is refused: its certificate 'CN=server' "
            + $"cannot be trusted: it is not signed by a CA in '{otherFile}' (--ca)\n",
            run.Error);
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task A_CA_of_the_same_name_with_another_key_is_another_CA()
    {
        using var twin = new TestAuthority();
        await using var installation = await Installation.StartAsync();
        installation.CaFile = installation.Files.Write("twin.pem", twin.Certificate.ExportCertificatePem());

        var run = await installation.RunAsync("query", "1");

        Assert.Contains("its certificate 'CN=server' cannot be trusted: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task An_expired_certificate_is_refused_with_its_date()
    {
        await using var installation = await Installation.StartAsync(
            authority => authority.IssueServer(validFromDays: -10, validToDays: -2));
        var expected = TimeProvider.System.GetUtcNow().AddDays(-2).ToString("yyyy-MM-dd", null);

        var run = await installation.RunAsync("query", "1");

        Assert.Contains($"cannot be trusted: it expired on {expected} ", run.Error, StringComparison.Ordinal);
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task A_certificate_from_the_future_is_refused_with_its_date()
    {
        await using var installation = await Installation.StartAsync(
            authority => authority.IssueServer(validFromDays: 2, validToDays: 4));
        var expected = TimeProvider.System.GetUtcNow().AddDays(2).ToString("yyyy-MM-dd", null);

        var run = await installation.RunAsync("query", "1");

        Assert.Contains($"it is not valid before {expected} ", run.Error, StringComparison.Ordinal);
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_with_both_names()
    {
        await using var installation = await Installation.StartAsync(
            authority => authority.IssueServer(["one.example", "10.1.2.3"]));

        var run = await installation.RunAsync("query", "1");

        Assert.EndsWith("it is for one.example, 10.1.2.3, not for 127.0.0.1\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task A_clients_certificate_does_not_make_a_server()
    {
        await using var installation = await Installation.StartAsync(authority => authority.IssueServerForClients());

        var run = await installation.RunAsync("query", "1");

        Assert.EndsWith(
            "it is not for servers (its extended key usage has no serverAuth)\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task All_that_is_wrong_is_named()
    {
        await using var installation = await Installation.StartAsync(
            authority => authority.IssueServer(["one.example"], validFromDays: -10, validToDays: -2));

        var run = await installation.RunAsync("query", "1");

        Assert.Contains("it expired on ", run.Error, StringComparison.Ordinal);
        Assert.Contains("; it is for one.example, not for 127.0.0.1\n", run.Error, StringComparison.Ordinal);
    }
}
