using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Tls;

/// <summary>
/// Each connection proves its key anew: a resumed session would bring an identity without (CVE-2025-23419 and others).
/// </summary>
public sealed class ResumptionTests(SharedServer shared) : IClassFixture<SharedServer>
{
    // The end of the header of a SETTINGS frame, which is what an HTTP/2 server says first.
    private const string Answer = "\u0004\0\0\0\0\0";

    private readonly LevityServer _server = shared.Server;

    [Fact]
    public async Task A_session_cannot_be_resumed_by_somebody_without_the_key()
    {
        Assert.SkipUnless(await HasOpensslAsync(), "there is no openssl here");
        var session = Path.Combine(_server.Scratch, "session");
        var alice = _server.Certificates.Alice;

        var first = await ConnectAsync("-cert", alice.CertificateFile, "-key", alice.KeyFile, "-sess_out", session);
        Assert.Contains("New, TLSv1.3", first, StringComparison.Ordinal);
        Assert.Contains(Answer, first, StringComparison.Ordinal);

        // Without a ticket there is nothing that could be resumed. With one, it must be good for nothing.
        if (File.Exists(session))
        {
            var second = await ConnectAsync("-sess_in", session);
            Assert.DoesNotContain("Reused", second, StringComparison.Ordinal);
            Assert.DoesNotContain(Answer, second, StringComparison.Ordinal);
        }
    }

    // Stays until the server has answered or closed: a ticket comes before an answer.
    private async Task<string> ConnectAsync(params IEnumerable<string> options)
    {
        await using var client = RunningProgram.Start(
            [
                "openssl", "s_client", "-connect", _server.Address, "-CAfile", _server.Certificates.ServerCa,
                "-tls1_3", "-alpn", "h2", "-ign_eof", .. options,
            ],
            withInput: true);
        await client.Input.WriteAsync(RawConnection.Greeting, TestContext.Current.CancellationToken);
        await client.Input.FlushAsync(TestContext.Current.CancellationToken);
        await Eventually.CompletesAsync(
            client.Output.WhenAsync(said => said.Contains(Answer, StringComparison.Ordinal) ? said : null),
            () => $"an answer; openssl said: {client.Output.Text}{client.Error.Text}");
        return client.Output.Text;
    }

    private static async Task<bool> HasOpensslAsync() =>
        (await RunningProgram.RunAsync(["sh", "-c", "command -v openssl"])).ExitCode == 0;
}
