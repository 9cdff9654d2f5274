using Levity.Soak.Checks;
using Levity.Soak.Load;

namespace Levity.Soak.Scenarios;

/// <summary>
/// Very many tasks that are over before anybody looks: exits of all kinds, deaths by signals, orphans, and commands that
/// cannot be executed. All have their true end, none is stuck, and nothing is left of them.
/// </summary>
internal sealed class ShortTasks : IScenario
{
    private const int AtOnce = 16;
    private const int WarmUp = 32;

    private static readonly ErrandKind[] Kinds =
    [
        ErrandKind.Print, ErrandKind.KillSelf, ErrandKind.Print, ErrandKind.LeaveOrphans, ErrandKind.Print,
        ErrandKind.Missing, ErrandKind.Print, ErrandKind.NotExecutable, ErrandKind.Print, ErrandKind.NoFormat,
    ];

    public string Name => "short-tasks";

    public async Task RunAsync(Soaking soaking)
    {
        await using var arena = await Arena.OpenAsync(soaking.Tally);
        await StartAsync(arena, soaking, WarmUp);
        await Task.WhenAll(arena.Acknowledged.Select(entry => arena.Alice.EndAsync(entry.Id!)));
        var footprint = Footprint.Of(arena.Server) with { Children = 0 };

        await StartAsync(arena, soaking, soaking.Options.Amount(full: 20_000, quick: 1_000));

        await new Invariants(arena, supervisorsEnded: false, soaking.CancellationToken).CheckAsync();
        await footprint.AssertRegainedAsync(arena.Server, arena.Tally);
    }

    private static Task StartAsync(Arena arena, Soaking soaking, int count) => Parallel.ForAsync(
        0,
        count,
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = soaking.CancellationToken },
        async (number, _) =>
        {
            var kind = Kinds[number % Kinds.Length];
            await arena.StartAsync(arena.NewErrand(kind, lines: 1 + number % 3, code: number % 256));
        });
}
