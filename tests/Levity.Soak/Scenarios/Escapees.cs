using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;
using Levity.Soak.Checks;

namespace Levity.Soak.Scenarios;

/// <summary>
/// Tasks that do not want to be stopped: daemons of sessions of their own, ignored and blocked signals, stopped processes,
/// crowds, and processes that fork faster than one can look. After the stop nothing of them is there.
/// </summary>
internal sealed class Escapees : IScenario
{
    private static readonly (string Name, string Script)[] Tasks =
    [
        ("double fork", "(setsid sh -c 'sleep 300' &); echo ready; exec sleep 300"),
        ("ignored TERM", "trap '' TERM HUP INT; echo ready; while :; do sleep 0.2; done"),
        ("ignored TERM in a session of its own", "(trap '' TERM; setsid sleep 300 &); echo ready; exec sleep 300"),
        ("stopped", "echo ready; kill -STOP $$"),
        ("stopped children", "for i in 1 2 3; do sh -c 'kill -STOP $$' & done; echo ready; exec sleep 300"),
        ("a crowd", "f() { [ $1 -gt 0 ] && { f $(($1-1)) & f $(($1-1)) & }; sleep 300; }; f 5 & echo ready; wait"),
        ("a hot potato", "export P='sh -c \"$P\" & exit'; sh -c \"$P\"; echo ready; exec sleep 300"),
    ];

    public string Name => "escapees";

    public async Task RunAsync(Soaking soaking)
    {
        await using var server = await LevityServer.StartAsync(new ServerSettings { Grace = "1s" });
        var client = server.Client();
        var footprint = Footprint.Of(server);
        for (var round = soaking.Options.Amount(full: 15, quick: 1); round > 0; round--)
        {
            await Parallel.ForEachAsync(
                Tasks, soaking.CancellationToken, async (task, _) => await StopAsync(soaking, client, task));
        }

        await footprint.AssertRegainedAsync(server, soaking.Tally);
    }

    private static async Task StopAsync(Soaking soaking, TestClient client, (string Name, string Script) task)
    {
        var id = await client.ShellAsync(task.Script);
        soaking.Tally.Task();
        await client.OutputAsync(id, "ready\n");
        await soaking.SomeTimeAsync(0, 100);

        await client.SignalAsync(id);
        soaking.Tally.Fault();
        var end = await client.EndAsync(id);

        if (end.Ending.StopRequestedBy != "alice"
            || end.StatusCode is not (TaskStatusCode.Finished or TaskStatusCode.BrutallyKilled))
        {
            soaking.Tally.Violation("I3", $"{task.Name}, {id} was stopped by alice, and is {end}");
        }

        foreach (var pid in ProcessTable.OfTask(id))
        {
            soaking.Tally.Violation("I5", $"{task.Name}, {id} is over, and its process {pid} is there");
        }
    }
}
