using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Tls;

/// <summary>openssl s_client(1): it does what SslStream does not let one do, and says what came of it.</summary>
internal static class SClient
{
    // The end of the header of a SETTINGS frame, which is what an HTTP/2 server says first.
    private const string Answer = "\u0004\0\0\0\0\0";

    /// <summary>Skips the test when there is no openssl.</summary>
    public static Task NeedAsync() => MachineTool.NeedAsync("openssl", "openssl", "version");

    public static string[] ProofOf(Identity user) => ["-cert", user.CertificateFile, "-key", user.KeyFile];

    public static void AssertAnswered(string said) => Assert.Contains(Answer, said, StringComparison.Ordinal);

    public static void AssertNotAnswered(string said) => Assert.DoesNotContain(Answer, said, StringComparison.Ordinal);

    /// <summary>
    /// Connects, says what an HTTP/2 client says first, and stays until the server has answered or closed: a ticket comes
    /// before an answer.
    /// </summary>
    /// <returns>What openssl has said, and the server.</returns>
    public static async Task<string> ConnectAsync(LevityServer server, params IEnumerable<string> options)
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
}
