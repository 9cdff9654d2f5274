using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Tls;

/// <summary>
/// Each connection proves its key anew: a resumed session would bring an identity without (CVE-2025-23419 and others).
/// </summary>
public sealed class ResumptionTests(SharedServer shared) : IClassFixture<SharedServer>
{
    // The end of the header of a SETTINGS frame, which is what an HTTP/2 server says first.
    private const string Answer = "\u0004\0\0\0\0\0";

    [Fact]
    public async Task A_session_cannot_be_resumed_by_somebody_without_the_key()
    {
        Assert.SkipUnless(await HasOpensslAsync(), "there is no openssl here");
        var server = shared.Server;
        var session = Path.Combine(server.Scratch, "session");
        var alice = server.Certificates.Alice;

        var first = await ConnectAsync(server, [.. ProofOf(alice), "-sess_out", session]);
        Assert.Contains("New, TLSv1.3", first, StringComparison.Ordinal);
        Assert.Contains(Answer, first, StringComparison.Ordinal);

        // Without a ticket there is nothing that could be resumed. With one, it must be good for nothing.
        if (File.Exists(session))
        {
            var second = await ConnectAsync(server, ["-sess_in", session]);
            Assert.DoesNotContain("Reused", second, StringComparison.Ordinal);
            Assert.DoesNotContain(Answer, second, StringComparison.Ordinal);
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
        Assert.SkipUnless(await HasOpensslAsync(), "there is no openssl here");
        await using var server = await LevityServer.StartAsync(
            new ServerSettings { Crl = certificates => certificates.Clients.Revoke() });
        var session = Path.Combine(server.Scratch, "session");
        var proof = ProofOf(server.Certificates.Alice);
        Assert.Contains(Answer, await ConnectAsync(server, [.. proof, "-sess_out", session]), StringComparison.Ordinal);

        change(server);
        await server.SaysAsync(said);

        string[] resumed = File.Exists(session) ? ["-sess_in", session] : [];
        foreach (var options in new string[][] { [.. resumed, .. proof], resumed, [.. resumed, .. proof, "-servername", "other"] })
        {
            var second = await ConnectAsync(server, options);
            Assert.DoesNotContain("Reused", second, StringComparison.Ordinal);
            Assert.DoesNotContain(Answer, second, StringComparison.Ordinal);
        }
    }

    private static string[] ProofOf(Identity user) => ["-cert", user.CertificateFile, "-key", user.KeyFile];

    // Stays until the server has answered or closed: a ticket comes before an answer.
    private static async Task<string> ConnectAsync(LevityServer server, string[] options)
    {
        await using var client = RunningProgram.Start(
            [
                "openssl", "s_client", "-connect", server.Address, "-CAfile", server.Certificates.ServerCa,
                "-tls1_3", "-alpn", "h2", "-ign_eof", .. options,
            ],
            withInput: true);
        await GreetAsync(client);
        await Eventually.CompletesAsync(
            client.Output.WhenAsync(said => said.Contains(Answer, StringComparison.Ordinal) ? said : null),
            () => $"an answer; openssl said: {client.Output.Text}{client.Error.Text}");
        return client.Output.Text;
    }

    private static async Task GreetAsync(RunningProgram client)
    {
        try
        {
            await client.Input.WriteAsync(RawConnection.Greeting, TestContext.Current.CancellationToken);
            await client.Input.FlushAsync(TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // It has ended by now: it was refused.
        }
    }

    private static async Task<bool> HasOpensslAsync() =>
        (await RunningProgram.RunAsync(["sh", "-c", "command -v openssl"])).ExitCode == 0;
}
