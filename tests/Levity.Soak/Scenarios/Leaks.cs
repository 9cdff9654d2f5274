using Levity.EndToEnd.Tests.Fixtures;
using Levity.Soak.Checks;
using Levity.Soak.Load;

namespace Levity.Soak.Scenarios;

/// <summary>
/// The same load again and again: tasks of all kinds, and followers that leave. What the two programs hold must not grow
/// from round to round.
/// </summary>
internal sealed class Leaks : IScenario
{
    private const int WarmUpRounds = 2;
    private const int TasksARound = 200;
    private const int FollowersARound = 400;

    // One connection has 100 streams.
    private const int FollowersAtOnce = 50;

    public string Name => "leaks";

    public async Task RunAsync(Soaking soaking)
    {
        await using var arena = await Arena.OpenAsync(soaking.Tally);
        var silent = await arena.StartAsync(arena.NewErrand(ErrandKind.Tick, lines: 1, code: 0));
        for (var round = 0; round < WarmUpRounds; round++)
        {
            await RoundAsync(arena, soaking, silent);
        }

        var footprint = Footprint.Of(arena.Server);
        var memory = Memory.Of(arena.Server);
        var rounds = soaking.Options.Amount(full: 25, quick: 2);
        for (var round = 0; round < rounds; round++)
        {
            await RoundAsync(arena, soaking, silent);
        }

        await footprint.AssertRegainedAsync(arena.Server, soaking.Tally);
        memory.AssertNotGrown(Memory.Of(arena.Server), rounds * TasksARound, soaking.Tally);
        await new Invariants(arena, supervisorsEnded: false, soaking.CancellationToken).CheckAsync();
    }

    private static async Task RoundAsync(Arena arena, Soaking soaking, Entry silent)
    {
        var entries = new List<Entry>();
        for (var i = 0; i < TasksARound; i++)
        {
            entries.Add(await arena.StartAsync(Traffic.NewErrand(arena, soaking.Random)));
        }

        await Task.WhenAll(entries.Where(entry => entry.Id is not null).Select(entry => arena.Alice.EndAsync(entry.Id!)));
        for (var followers = 0; followers < FollowersARound; followers += FollowersAtOnce)
        {
            var calls = Enumerable.Range(0, FollowersAtOnce).Select(_ => arena.Alice.Follow(silent.Id!)).ToList();
            await Task.WhenAll(calls.Select(call => call.NextAsync()));
            calls.ForEach(call => call.Dispose());
        }
    }
}
