using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Audit;

/// <summary>What cannot be put on record is not done; what is only read, or stops something, goes on.</summary>
public sealed class AuditFullDiskTests
{
    // More than there is room for in what levityd has taken in advance.
    private const int TooMany = 10_000;

    [Fact]
    public async Task On_a_full_disk_nothing_is_started_without_a_record_and_tasks_can_be_stopped()
    {
        await using var server = await LevityServer.StartAsync(new ServerSettings { StateFileSystem = "size=16m" });
        var client = server.Client();
        var task = await client.StartAsync("sleep", "300");
        server.Disk.Fill();

        // Each start is refused by the registry, and uses up some of the room for records.
        var refusal = await RefusalAsync(client);
        for (var i = 0; i < TooMany && !refusal.Contains("audit log", StringComparison.Ordinal); i++)
        {
            refusal = await RefusalAsync(client);
        }

        Assert.Contains("could not be put on record in its audit log", refusal, StringComparison.Ordinal);
        await client.QueryAsync(task);
        await client.SignalAsync(task);

        server.Disk.Free();
        await client.EndAsync(task);
        await Eventually.GetAsync(
            async () =>
            {
                try
                {
                    return await client.StartAsync("true");
                }
                catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
                {
                    return null;
                }
            },
            () => "a start");
        await Eventually.TrueAsync(
            () => File.ReadAllText(AuditRecords.FileOf(server)).Contains("\"event\":\"lost\"", StringComparison.Ordinal),
            "the record of those that are lost");
        Assert.Equal(0, (await server.Cli().RunAsync("audit", "verify", AuditRecords.FileOf(server))).ExitCode);
    }

    private static async Task<string> RefusalAsync(TestClient client)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => client.StartAsync("true"));
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        return refusal.Status.Detail;
    }
}
