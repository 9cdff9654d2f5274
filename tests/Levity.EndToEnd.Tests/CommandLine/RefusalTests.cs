using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.CommandLine;

/// <summary>Whatever goes wrong is one line on stderr, nothing on stdout, and an exit code that is not 0.</summary>
public sealed class RefusalTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Nobodys = "00000000-0000-4000-8000-000000000000";
    private const int Failure = 125;

    private readonly LevityServer _server = shared.Server;
    private readonly LevityCommand _levity = shared.Server.Cli();

    [Fact]
    public async Task An_unknown_id() => await RefusedAsync(Failure, "no such task", "query", Nobodys);

    [Theory]
    [InlineData("signal", Nobodys)]
    [InlineData("logs", Nobodys)]
    [InlineData("logs", "-f", Nobodys)]
    [InlineData("query", "../x")]
    public async Task An_id_that_does_not_do(params string[] command) => await RefusedAsync(Failure, "task", command);

    [Theory]
    [InlineData("fly")]
    [InlineData("query")]
    [InlineData("start")]
    [InlineData("query", Nobodys, Nobodys)]
    [InlineData("start", "-D", "NOEQUALS", "--", "true")]
    [InlineData("start", "--no-such-option", "true")]
    public async Task Bad_usage(params string[] command) => await RefusedAsync(Failure, "--help", command);

    [Fact]
    public async Task A_command_that_is_not_there() =>
        await RefusedAsync(127, "/no/such/command", "start", "--", "/no/such/command");

    [Fact]
    public async Task A_command_that_cannot_be_executed() =>
        await RefusedAsync(126, "/etc/passwd", "start", "--", "/etc/passwd");

    [Fact]
    public async Task A_server_that_is_not_there() =>
        await RefusedAsync(Failure, "127.0.0.1:1", "-a", "127.0.0.1:1", "query", Nobodys);

    [Fact]
    public async Task A_server_of_a_CA_that_we_do_not_trust() =>
        await RefusedAsync(Failure, "not signed by", "--ca", _server.Certificates.WrongCa, "query", Nobodys);

    [Fact]
    public async Task A_certificate_of_a_CA_that_the_server_does_not_trust() => await RefusedAsync(
        _server.Cli(_server.Certificates.AliceOfWrongCa), Failure, "our certificate", "query", Nobodys);

    [Fact]
    public async Task A_certificate_that_has_expired() => await RefusedAsync(
        _server.Cli(_server.Certificates.AliceExpired), Failure, "our certificate", "query", Nobodys);

    [Fact]
    public async Task An_obsolete_TLS() =>
        await RefusedAsync(Failure, "refused TLS 1.2", "--use-obsolete-tls", "query", Nobodys);

    [Fact]
    public async Task A_server_whose_certificate_is_for_another_host()
    {
        const string host = "elsewhere.example";
        await using var other = await LevityServer.StartAsync(new ServerSettings { CertificateHost = host });

        await RefusedAsync(other.Cli(), Failure, host, "query", Nobodys);
    }

    private Task RefusedAsync(int exitCode, string says, params IReadOnlyList<string> command) =>
        RefusedAsync(_levity, exitCode, says, command);

    private static async Task RefusedAsync(
        LevityCommand levity, int exitCode, string says, params IReadOnlyList<string> command)
    {
        var result = await levity.RunAsync(command);

        Assert.Contains(says, result.Refusal(), StringComparison.Ordinal);
        Assert.Equal(exitCode, result.ExitCode);
    }
}
