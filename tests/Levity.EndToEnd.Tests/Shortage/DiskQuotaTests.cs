using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Shortage;

/// <summary>The user whom levityd runs as has used up its quota of the disk: EDQUOT, as strace makes it.</summary>
public sealed class DiskQuotaTests
{
    [Fact]
    public async Task Without_quota_for_the_registry_starts_are_refused_and_later_they_are_not()
    {
        await Strace.NeedAsync();
        await using var server = await LevityServer.StartAsync();
        var client = server.Client();
        await client.SuccessAsync(await client.StartAsync("true"));

        var log = Path.Combine(server.StateDirectory, "registry.db-wal");
        await using (await Strace.InjectAsync(server.Pid, log, "pwrite64", "EDQUOT"))
        {
            for (var i = 0; i < 3; i++)
            {
                var refusal = await Assert.ThrowsAsync<RpcException>(() => client.StartAsync("true"));
                Assert.True(refusal.StatusCode == StatusCode.ResourceExhausted, $"{refusal.Status}; {server.Messages}");
                Assert.Contains("quota", refusal.Status.Detail, StringComparison.Ordinal);
            }
        }

        await client.SuccessAsync(await client.StartAsync("true"));
        await server.Kill9Async();
        await server.RestartAsync();
        await server.Client().SuccessAsync(await server.Client().StartAsync("true"));
    }
}
