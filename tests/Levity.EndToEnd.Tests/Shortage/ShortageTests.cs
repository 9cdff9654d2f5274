using System.Globalization;
using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Shortage;

/// <summary>
/// Levity is out of descriptors, or its user of processes: starts are refused as such, what runs goes on, and once
/// something is given back all is as before.
/// </summary>
public sealed class ShortageTests
{
    // More than there is room for, under the limits below.
    private const int TooMany = 400;

    // One that no other test uses, nor another run of this one: the limit counts all processes of the user.
    private static readonly int OwnUser = 61_000 + Environment.ProcessId % 4_000;

    [Fact]
    public async Task Without_descriptors_starts_are_refused_and_later_they_are_not()
    {
        await using var server = await LevityServer.StartAsync(
            new ServerSettings { Launcher = _ => ["prlimit", "--nofile=400:400"] });

        await RefusesAndRecoversAsync(server);
    }

    [Fact]
    public async Task Without_processes_starts_are_refused_and_later_they_are_not()
    {
        Assert.SkipWhen(await Unprivileged.ObstacleAsync() is not null, "root has no limit of processes");
        await using var server = await LevityServer.StartAsync(
            new ServerSettings { UserId = OwnUser, Launcher = _ => ["prlimit", "--nproc=200:200"] });

        await RefusesAndRecoversAsync(server);
    }

    private static async Task RefusesAndRecoversAsync(LevityServer server)
    {
        var client = server.Client();
        var ids = new List<string>();
        RpcException? refusal = null;
        while (refusal is null && ids.Count < TooMany)
        {
            try
            {
                ids.Add(await SleepAsync(client));
            }
            catch (RpcException e)
            {
                refusal = e;
            }
        }

        Assert.True(refusal is not null, $"{ids.Count} tasks were started, and no one was refused");
        Assert.True(refusal.StatusCode == StatusCode.ResourceExhausted, $"{ids.Count} tasks, then {refusal.Status}");
        Assert.True(ids.Count > 10, $"refused after {ids.Count} tasks: {refusal.Status}");

        // No record of what was refused is left.
        Assert.Equal(ids.Count, server.LogIds.Count);

        // What runs can be asked about, read and stopped.
        Assert.Equal(TaskStatusCode.Running, (await client.QueryAsync(ids[0])).StatusCode);
        foreach (var id in ids.Take(10))
        {
            await client.SignalAsync(id);
            var end = await client.EndAsync(id);
            Assert.True(end.Ending is { HasSignal: true, Signal: 15 }, $"{end}");
        }

        var again = await client.StartAsync(
            new StartTaskRequest { Binary = "sh", Args = { "-c", "echo back; exit 4" }, WorkingDir = "/" });
        Assert.Equal(4, (await client.EndAsync(again)).ExitCode);
        Assert.Equal("back\n", (await client.FetchAsync(again)).Stdout.ToStringUtf8());
    }

    private static Task<string> SleepAsync(TestClient client) => client.StartAsync(new StartTaskRequest
    {
        Binary = "sleep",
        Args = { 300.ToString(CultureInfo.InvariantCulture) },
        WorkingDir = "/",
    });
}
