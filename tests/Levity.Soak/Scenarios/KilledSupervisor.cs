using Levity.EndToEnd.Tests.Fixtures;
using Levity.Soak.Checks;
using Levity.Soak.Load;

namespace Levity.Soak.Scenarios;

/// <summary>
/// The supervisor is killed under load, alone or with levityd in one instant. Tasks are lost then, and said to be, or
/// have their true end; what they wrote so far is kept, and nothing of them runs on.
/// </summary>
internal sealed class KilledSupervisor : IScenario
{
    private const int StartsPerSecond = 20;
    private const int TickingEachTime = 5;

    public string Name => "killed-supervisor";

    public async Task RunAsync(Soaking soaking)
    {
        var token = soaking.CancellationToken;
        await using var arena = await Arena.OpenAsync(soaking.Tally);
        var footprint = Footprint.Of(arena.Server);
        await using (new Traffic(arena, soaking.Random, StartsPerSecond, token))
        {
            for (var kill = soaking.Options.Amount(full: 200, quick: 6); kill > 0; kill--)
            {
                var ticking = await StartTickingAsync(arena);
                await soaking.SomeTimeAsync(0, 500);
                await KillAsync(arena, soaking, withDaemon: kill % 2 == 0);
                await AllLostAsync(arena, ticking);
            }
        }

        await arena.RepeatUnansweredAsync();
        await new Invariants(arena, supervisorsEnded: true, token).CheckAsync();
        await footprint.AssertRegainedAsync(arena.Server, arena.Tally);
    }

    private static async Task<List<Entry>> StartTickingAsync(Arena arena)
    {
        var ticking = new List<Entry>();
        for (var i = 0; i < TickingEachTime; i++)
        {
            ticking.Add(await arena.StartAsync(arena.NewErrand(ErrandKind.Tick, lines: 1, code: i)));
        }

        return [.. ticking.Where(entry => entry.Id is not null)];
    }

    private static async Task KillAsync(Arena arena, Soaking soaking, bool withDaemon)
    {
        // There is none for a moment when the last one was killed just now, or two, of which one will not stay.
        await Eventually.TrueAsync(() => arena.Server.Supervisors.Count == 1, "one supervisor");
        var supervisor = Signals.SendAsync("KILL", arena.Server.SupervisorPid);
        soaking.Tally.Fault();
        if (withDaemon)
        {
            await Task.WhenAll(supervisor, arena.Server.Kill9Async());
            soaking.Tally.Fault();
            await arena.Server.RestartAsync();
        }

        await supervisor;
    }

    // The task cannot have ended by itself: its gate is closed.
    private static async Task AllLostAsync(Arena arena, List<Entry> ticking)
    {
        foreach (var entry in ticking)
        {
            await Eventually.TrueAsync(
                () => ProcessTable.OfTask(entry.Id!).Count == 0, () => $"the end of the processes of {entry.Errand}");
            await Eventually.GetAsync<Entry>(
                async () =>
                {
                    await arena.LookAtAsync(entry);
                    return entry.End is null ? null : entry;
                },
                () => $"the end of {entry.Errand}, {entry.Id}");
        }
    }
}
