using Levity.EndToEnd.Tests.Fixtures;
using static Levity.EndToEnd.Tests.Tls.SClient;

namespace Levity.EndToEnd.Tests.Tls;

/// <summary>
/// Each connection proves its key anew: a resumed session would bring an identity without (CVE-2025-23419 and others).
/// </summary>
public sealed class ResumptionTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task A_session_cannot_be_resumed_by_somebody_without_the_key()
    {
        await NeedAsync();
        var server = shared.Server;
        var session = Path.Combine(server.Scratch, "session");
        var alice = server.Certificates.Alice;

        var first = await ConnectAsync(server, [.. ProofOf(alice), "-sess_out", session]);
        Assert.Contains("New, TLSv1.3", first, StringComparison.Ordinal);
        AssertAnswered(first);

        // Without a ticket there is nothing that could be resumed. With one, it must be good for nothing.
        if (File.Exists(session))
        {
            var second = await ConnectAsync(server, ["-sess_in", session]);
            Assert.DoesNotContain("Reused", second, StringComparison.Ordinal);
            AssertNotAnswered(second);
        }
    }

    [Fact]
    public async Task Nor_by_somebody_who_has_been_revoked_since_with_or_without_the_key() => await UselessAfterAsync(
        server => server.Certificates.Clients.Revoke(server.Certificates.Alice), "with 1 certificates");

    [Fact]
    public async Task Nor_by_somebody_whose_CA_is_not_trusted_any_more_with_or_without_the_key()
    {
        CertificateAuthority? other = null;
        await UselessAfterAsync(
            server => server.Certificates.TrustClientsOf(other = server.Certificates.NewAuthority("client-ca-2")), "1 client CAs");
        other!.Dispose();
    }

    private static async Task UselessAfterAsync(Action<LevityServer> change, string said)
    {
        await NeedAsync();
        await using var server = await LevityServer.StartAsync(
            new ServerSettings { Crl = certificates => certificates.Clients.Revoke() });
        var session = Path.Combine(server.Scratch, "session");
        var proof = ProofOf(server.Certificates.Alice);
        AssertAnswered(await ConnectAsync(server, [.. proof, "-sess_out", session]));

        change(server);
        await server.SaysAsync(said);

        string[] resumed = File.Exists(session) ? ["-sess_in", session] : [];
        foreach (var options in new string[][] { [.. resumed, .. proof], resumed, [.. resumed, .. proof, "-servername", "other"] })
        {
            var second = await ConnectAsync(server, options);
            Assert.DoesNotContain("Reused", second, StringComparison.Ordinal);
            AssertNotAnswered(second);
        }
    }
}
