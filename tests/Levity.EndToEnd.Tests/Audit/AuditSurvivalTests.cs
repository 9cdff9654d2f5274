using System.Text;
using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol.Supervisor;

namespace Levity.EndToEnd.Tests.Audit;

/// <summary>What a kill -9 interrupts, or catches before it is in the log, is there once levityd is back: exactly once.</summary>
public sealed class AuditSurvivalTests
{
    private const string Query = "/levity.TaskManager/QueryTask";
    private const string Follow = "/levity.TaskManager/StreamLogs";
    private const string Fetch = "/levity.TaskManager/FetchLogs";
    private const string Knocking = "127.0.7.1";
    private const string Waiting = "127.0.7.2";

    [Fact]
    public async Task Kill_9_loses_no_stream_no_poll_and_no_refusal()
    {
        const int knocks = 130;
        const int polls = 20;
        await using var server = await LevityServer.StartAsync(
            new ServerSettings { Configuration = "handshake-timeout = \"5m\"" });
        var client = server.Client();
        var task = await client.ShellAsync("echo ready; exec sleep 300");
        using var first = client.Follow(task);
        using var second = client.Follow(task);
        await first.NextAsync();
        await second.NextAsync();
        using var silent = await RawClient.KnockAsync(server, Waiting);
        await HasPlaceAsync(server, $"{Waiting}:");
        for (var i = 0; i < knocks; i++)
        {
            await KnockAsync(server);
        }

        await Task.WhenAll(Enumerable.Range(0, polls).Select(_ => client.QueryAsync(task)));
        await server.Kill9Async();
        await server.RestartAsync();
        await server.SigtermAsync();
        await server.RestartAsync();

        var calls = AuditRecords.Of(server).Where(entry => entry.Event == "call");
        Assert.Equal(
            [
                .. Enumerable.Repeat((Query, task, "alice", "OK", (string?)null), polls),
                ("/levity.TaskManager/StartTask", task, "alice", "OK", null),
                .. Enumerable.Repeat((Follow, task, "alice", "INTERRUPTED", "levityd ended before it did"), 2),
            ],
            calls.Select(entry => (entry.Rpc!, entry.Task!, entry.Identity!, entry.Outcome!, entry.Reason)).Order());
        Assert.Equal(knocks, Knocks(server, Knocking));
        Assert.Equal(("INTERRUPTED", 1), (Assert.Single(Handshakes(server, Waiting)).Outcome, Knocks(server, Waiting)));
        await VerifyAsync(server);
    }

    [Fact]
    public async Task A_kill_between_a_record_and_its_place_makes_no_second_one()
    {
        await using var server = await LevityServer.StartAsync(KilledAt(Failpoint.AuditWritten, 2));
        var client = server.Client();
        var task = await client.StartAsync("sleep", "300");

        await Assert.ThrowsAsync<RpcException>(() => client.FetchAsync(task));
        Assert.Equal(128 + 9, await server.DiedAsync());
        await server.RestartAsync(new ServerSettings());

        var fetched = Assert.Single(AuditRecords.Of(server), entry => entry.Rpc == Fetch);
        Assert.Equal((task, "OK"), (fetched.Task, fetched.Outcome));
        Assert.Equal(2, AuditRecords.Of(server).Count);
        await VerifyAsync(server);
    }

    [Fact]
    public async Task A_kill_while_a_refusal_is_counted_counts_it_once_and_all_of_them_can_have_a_record_each()
    {
        await using var server = await LevityServer.StartAsync(
            KilledAt(Failpoint.AuditCounted, 1) with { Configuration = "refusal-records = 1" });
        await KnockAsync(server);
        await KnockAsync(server);

        Assert.Equal(128 + 9, await server.DiedAsync());
        await server.RestartAsync(new ServerSettings { Configuration = "refusal-records = \"all\"" });
        Assert.Equal([null, 1], Handshakes(server, Knocking).Select(entry => entry.Handshakes));

        const int more = 110;
        for (var i = 0; i < more; i++)
        {
            await KnockAsync(server);
        }

        await AuditRecords.MoreAsync(server, 2, more);
        Assert.Equal(2 + more, Handshakes(server, Knocking).Count());
        await VerifyAsync(server);
    }

    private static ServerSettings KilledAt(Failpoint step, int time) => new()
    {
        Environment = new Dictionary<string, string> { [Failpoints.Variable] = $"{step}=kill@{time}" },
    };

    private static async Task KnockAsync(LevityServer server)
    {
        using var knock = await RawClient.KnockAsync(server, Knocking);
        await knock.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await RawClient.ClosedAsync(knock);
    }

    // Only levityd knows whether it has taken a connection on which nobody says anything.
    private static Task HasPlaceAsync(LevityServer server, string address) => Eventually.TrueAsync(
        () => File.ReadAllBytes(Path.Combine(server.StateDirectory, "audit.pending")).AsSpan()
            .IndexOf(Encoding.ASCII.GetBytes(address)) >= 0,
        $"a place for {address}");

    private static IEnumerable<AuditEntry> Handshakes(LevityServer server, string from) => AuditRecords.Of(server).Where(
        entry => entry.Event == "handshake" && entry.Address!.StartsWith(from, StringComparison.Ordinal));

    private static long Knocks(LevityServer server, string from) => Handshakes(server, from).Sum(entry => entry.Handshakes ?? 1);

    private static async Task VerifyAsync(LevityServer server) =>
        Assert.Equal(0, (await server.Cli().RunAsync("audit", "verify", AuditRecords.FileOf(server))).ExitCode);
}
