using System.Text.Json;
using Levity.EndToEnd.Tests.Audit;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Security;

/// <summary>What somebody without a certificate can do at the door: stand there for a while, and be counted.</summary>
public sealed class StrangerTests
{
    private const int Knocks = 150;

    // Of one address within a minute.
    private const int OneByOne = 100;

    [Fact]
    public async Task A_handshake_that_is_not_begun_or_half_done_is_closed_after_its_time()
    {
        await using var server = await LevityServer.StartAsync(
            new ServerSettings { Configuration = "handshake-timeout = \"1s\"" });
        using var silent = await RawClient.KnockAsync(server);
        using var half = await RawClient.KnockAsync(server);

        // The beginning of a record of a ClientHello: RFC 8446, section 5.1.
        await half.SendAsync(new byte[] { 22, 3, 1, 2, 0, 1, 0 }, TestContext.Current.CancellationToken);

        await RawClient.ClosedAsync(silent);
        await RawClient.ClosedAsync(half);
        await AuditRecords.MoreAsync(server, 0, 2);
    }

    [Fact]
    public async Task Who_knocks_and_knocks_is_on_record_with_how_often_and_not_each_time()
    {
        await using var server = await LevityServer.StartAsync();
        for (var i = 0; i < Knocks; i++)
        {
            using var knock = await RawClient.KnockAsync(server, "127.0.5.1");
            await knock.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            await RawClient.ClosedAsync(knock);
        }

        await server.SigtermAsync();

        var records = await File.ReadAllLinesAsync(AuditRecords.FileOf(server), TestContext.Current.CancellationToken);
        var handshakes = records
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(record => record.GetProperty("event").ValueEquals("handshake"))
            .ToList();
        var sums = handshakes.Where(record => record.TryGetProperty("handshakes", out _)).ToList();
        Assert.Equal(
            Knocks, handshakes.Count - sums.Count + sums.Sum(record => record.GetProperty("handshakes").GetInt64()));
        Assert.All(sums, record => Assert.Equal("127.0.5.1", record.GetProperty("address").GetString()));

        // A machine that takes more than a minute for them has more minutes, and in each so many.
        Assert.True(handshakes.Count < Knocks || sums.Count == 0, $"{handshakes.Count} records, {sums.Count} sums");
        Assert.True(handshakes.Count >= OneByOne, $"{handshakes.Count} records");
    }
}
