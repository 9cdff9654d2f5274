using Levity.EndToEnd.Tests.Fixtures;
using Levity.Soak.Checks;
using Levity.Soak.Load;

namespace Levity.Soak.Scenarios;

/// <summary>
/// levityd is killed at random, with all of its session, under load: running tasks, followers, tasks that start and end
/// before, during and after each outage. In the end many tasks end while it is away.
/// </summary>
internal sealed class KilledDaemon : IScenario
{
    private const int StartsPerSecond = 20;

    public string Name => "killed-levityd";

    public async Task RunAsync(Soaking soaking)
    {
        var token = soaking.CancellationToken;
        await using var arena = await Arena.OpenAsync(soaking.Tally);
        var ticking = new List<Entry>();
        for (var i = 0; i < soaking.Options.Amount(full: 100, quick: 20); i++)
        {
            ticking.Add(await arena.StartAsync(arena.NewErrand(ErrandKind.Tick, lines: 1, code: i % 256)));
        }

        var footprint = Footprint.Of(arena.Server);
        var followers = ticking.Take(ticking.Count / 2).Select(entry => (entry, new Follower(arena, entry))).ToList();
        var following = Task.WhenAll(followers.Select(pair => pair.Item2.RunAsync(token)));

        await using (new Traffic(arena, soaking.Random, StartsPerSecond, token))
        {
            for (var kill = soaking.Options.Amount(full: 200, quick: 8); kill > 0; kill--)
            {
                await soaking.SomeTimeAsync(50, 1000);
                await arena.Server.Kill9Async();
                soaking.Tally.Fault();
                await soaking.SomeTimeAsync(0, 300);
                await arena.Server.RestartAsync();
            }
        }

        await arena.RepeatUnansweredAsync();
        await EndDuringAnOutageAsync(arena, soaking, ticking);
        await following;
        foreach (var (entry, follower) in followers)
        {
            follower.Check(await arena.Alice.FetchAsync(entry.Id!));
        }

        await new Invariants(arena, supervisorsEnded: false, token).CheckAsync();
        await footprint.AssertRegainedAsync(arena.Server, arena.Tally);
    }

    // Not "soon": from the first answer of the new levityd on.
    private static async Task EndDuringAnOutageAsync(Arena arena, Soaking soaking, List<Entry> ticking)
    {
        await arena.Server.Kill9Async();
        soaking.Tally.Fault();
        arena.Truth.OpenGate();
        await Eventually.TrueAsync(
            () => ProcessTable.WithArgument(arena.Truth.Directory).Count == 0, "the end of all tasks, levityd being away");
        await arena.Server.RestartAsync();
        foreach (var entry in ticking)
        {
            await Eventually.GetAsync(
                async () => await arena.LookAtAsync(entry) ? entry : null, () => "an answer from the new levityd");
            if (entry.End is null)
            {
                soaking.Tally.Violation("I3", $"{entry.Errand}, {entry.Id} ended while levityd was away, and is not over");
            }
        }
    }
}
