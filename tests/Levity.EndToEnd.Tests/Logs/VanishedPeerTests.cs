using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Logs;

/// <summary>Each end notices that the other one has gone without a word, although nothing is written.</summary>
public sealed class VanishedPeerTests(SharedServer shared) : IClassFixture<SharedServer>
{
    // The promise is 40 s. What is waited for is the event.
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(3);

    private readonly LevityServer _server = shared.Server;

    [Fact]
    [Trait("Load", "heavy")]
    public async Task The_server_ends_the_stream_of_a_follower_that_has_vanished()
    {
        var id = await _server.Client().ShellAsync("echo ready; exec sleep 300");
        await using var network = new TcpRelay(_server.Address);
        using var client = new TestClient(network.Address, _server.Certificates.ServerCa, _server.Certificates.Alice);
        using var follower = client.Follow(id);
        await follower.NextAsync();
        var reading = _server.LogsBeingRead;

        network.Swallow();

        await network.ServerHungUp.WaitAsync(Bound, TimeProvider.System, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => _server.LogsBeingRead < reading, "the end of the stream");
    }

    [Fact]
    public async Task Levity_that_follows_a_silent_task_notices_and_goes_on_over_another_connection()
    {
        var stop = new Gate(_server);
        var id = await _server.Client().ShellAsync($"echo ready; {Gate.Wait}; echo end", stop.FilePath);
        await using var network = new TcpRelay(_server.Address);
        await using var follower = _server.Cli().Start("-a", network.Address, "-t", "5s", "logs", "-f", id);
        await follower.Output.ContainsAsync("ready\n");

        network.Swallow();
        await network.ClientHungUp.WaitAsync(Bound, TimeProvider.System, TestContext.Current.CancellationToken);
        stop.Open();

        var result = (await follower.ResultAsync()).Successful();
        Assert.Equal("ready\nend\n", result.OutputText);
        Assert.Contains("resuming", result.ErrorText, StringComparison.Ordinal);
    }
}
