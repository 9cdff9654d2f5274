using System.Net.Sockets;
using Levity.EndToEnd.Tests.Audit;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Security;

/// <summary>
/// Who comes in when there are too many at the door. In which order levityd sees connections that are made at once nobody
/// knows. Each test comes from addresses of its own.
/// </summary>
public sealed class ConnectionLimitTests(GuardedServer shared) : IClassFixture<GuardedServer>
{
    private readonly LevityServer _server = shared.Server;

    [Fact]
    public async Task Of_one_address_so_many_handshakes_are_waited_for_and_others_come_in_meanwhile()
    {
        var knocks = await KnockAsync("127.0.1.1", 5);

        await Task.WhenAny(knocks.Select(RawClient.ClosedAsync));
        await RefusedAsync("127.0.1.1:", "handshakes-per-address: the limit is 4, and so many are not done yet");
        await ServedAsync("127.0.1.2");

        knocks.ForEach(knock => knock.Dispose());
        await ServedAsync("127.0.1.1");
    }

    [Fact]
    public async Task When_there_are_too_many_handshakes_the_address_with_most_loses_one_and_a_user_comes_in()
    {
        List<Socket> knocks =
            [.. await KnockAsync("127.0.2.1", 3), .. await KnockAsync("127.0.2.2", 3), .. await KnockAsync("127.0.2.3", 3)];
        var closed = knocks.Select(RawClient.ClosedAsync).ToList();
        var first = await Task.WhenAny(closed);
        closed.Remove(first);

        await using var user = await RawClient.GreetAsync(_server, _server.Certificates.Alice, "127.0.2.4");

        await Task.WhenAny(closed);
        await RefusedAsync("127.0.2.", "handshakes: there may be 8 at once, and this one took longest");
        knocks.ForEach(knock => knock.Dispose());
    }

    [Fact]
    public async Task An_address_has_so_many_connections_and_users_elsewhere_have_theirs()
    {
        var bob = _server.Certificates.Bob;
        var open = new List<RawClient>();
        for (var i = 0; i < 6; i++)
        {
            open.Add(await RawClient.GreetAsync(_server, bob, "127.0.3.1"));
        }

        await Assert.ThrowsAnyAsync<IOException>(() => RawClient.GreetAsync(_server, bob, "127.0.3.1"));
        await RefusedAsync("127.0.3.1:", "connections-per-address: the limit is 6, and there are so many");
        await ServedAsync("127.0.3.2");

        await open[0].DisposeAsync();
        await ServedAsync("127.0.3.1");
        open.ForEach(client => client.DisposeAsync().AsTask().Wait(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_user_has_so_many_connections_from_wherever_and_is_told_so()
    {
        var carol = _server.Certificates.Clients.IssueUser("carol", "carol");
        await using var first = await RawClient.GreetAsync(_server, carol, "127.0.4.1");
        await using var second = await RawClient.GreetAsync(_server, carol, "127.0.4.2");

        await using var third = await RawClient.GreetAsync(_server, carol, "127.0.4.3");
        var farewell = await third.EndAsync();

        const string reason = "connections: the limit of carol is 2, and there are 2: close one";
        Assert.Equal((Http2Error.EnhanceYourCalm, reason), (farewell?.Error, farewell?.Text));
        Assert.Equal("carol", (await RefusedAsync("127.0.4.3:", reason)).Identity);
        await ServedAsync("127.0.4.4");

        await first.DisposeAsync();
        await ServedAsync("127.0.4.5", carol);
    }

    private async Task<List<Socket>> KnockAsync(string from, int times)
    {
        var knocks = new List<Socket>();
        for (var i = 0; i < times; i++)
        {
            knocks.Add(await RawClient.KnockAsync(_server, from));
        }

        return knocks;
    }

    private Task ServedAsync(string from) => ServedAsync(from, _server.Certificates.Alice);

    // As soon as connections that were closed have given their places back.
    private Task ServedAsync(string from, Identity user) => Eventually.GetAsync(
        async () =>
        {
            try
            {
                await using var client = await RawClient.GreetAsync(_server, user, from);
                await client.SendAsync(new Http2Frame(FrameType.Ping) { Payload = new byte[8] });
                return await client.ReadAsync(FrameType.Ping);
            }
            catch (IOException)
            {
                return null;
            }
        },
        () => $"an answer to {from}");

    private Task<AuditEntry> RefusedAsync(string from, string reason) => Eventually.GetAsync(
        () => Task.FromResult(AuditRecords.Of(_server).FirstOrDefault(entry =>
            entry is { Event: "handshake", Outcome: "REFUSED" } && entry.Reason == reason
            && entry.Address!.StartsWith(from, StringComparison.Ordinal))),
        () => $"'{reason}' of {from} among:\n{string.Join('\n', AuditRecords.Of(_server))}");
}
