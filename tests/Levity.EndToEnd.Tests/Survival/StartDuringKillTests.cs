using System.Collections.Concurrent;
using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Survival;

/// <summary>levityd goes in the middle of starts, killed or asked to: what was acknowledged is there, and nothing ran twice.</summary>
public sealed class StartDuringKillTests
{
    [Theory]
    [InlineData(Outage.Sigterm)]
    [InlineData(Outage.Kill9)]
    public async Task An_acknowledged_start_is_never_lost_and_none_is_two_processes(Outage how)
    {
        await using var server = await LevityServer.StartAsync();
        var ran = Path.Combine(server.Scratch, "ran");
        var acknowledged = new ConcurrentBag<string>();
        for (var round = 0; round < 3; round++)
        {
            var starting = StartUntilItFailsAsync(server.Client(), ran, acknowledged);
            var target = acknowledged.Count + 50;
            await Eventually.TrueAsync(() => acknowledged.Count >= target, "50 starts");
            await server.AwayAsync(how);
            await starting;
            await server.RestartAsync();
        }

        var client = server.Client();
        foreach (var id in acknowledged)
        {
            await client.SuccessAsync(id);
        }

        // Each task has written its id, once; those whose start was not answered have or have not.
        var written = await File.ReadAllLinesAsync(ran, TestContext.Current.CancellationToken);
        Assert.Equal(written.Distinct(), written);
        Assert.Empty(acknowledged.Except(written));
    }

    private static Task StartUntilItFailsAsync(TestClient client, string ran, ConcurrentBag<string> acknowledged) =>
        Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                while (true)
                {
                    acknowledged.Add(await client.ShellAsync("echo $LEVITY_TASK_ID >> \"$1\"", ran));
                }
            }
            catch (Exception e) when (e is RpcException or ObjectDisposedException)
            {
                // levityd is gone.
            }
        }));
}
