using System.Text.RegularExpressions;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol.Supervisor;
using Levity.Soak.Checks;
using Levity.Soak.Load;
using Armed = Levity.Protocol.Supervisor.Failpoints;

namespace Levity.Soak.Scenarios;

/// <summary>
/// levityd or its supervisor is killed at each named step of a task once, and then at two steps at random, under load.
/// Starts that were not answered then have happened once or not at all; repeated with their request keys, exactly once.
/// </summary>
internal sealed partial class Failpoints : IScenario
{
    private const int StartsAtOnce = 8;
    private const int MostStarts = 20 * StartsAtOnce;
    private const int StartsBeforeSettling = 3 * StartsAtOnce;
    private const int Ticking = 5;
    private const int KilledBySigkill = 128 + 9;

    // Nothing is shared here, and nobody refused: Levity.EndToEnd.Tests has levityd killed at these steps.
    private static readonly Failpoint[] Steps =
        [.. Enum.GetValues<Failpoint>().Where(step => step is not (Failpoint.ShareRecorded or Failpoint.AuditCounted))];

    public string Name => "failpoints";

    public async Task RunAsync(Soaking soaking)
    {
        var environment = new Dictionary<string, string>();
        await using var arena = await Arena.OpenAsync(
            soaking.Tally, new ServerSettings { Environment = environment });
        foreach (var step in Steps)
        {
            // A settling comes only with a connection, and there are not many of those.
            var time = step >= Failpoint.SettleBegun ? 1 : soaking.Random.Next(1, 4);
            await RunAsync(arena, soaking, environment, $"{step}=kill@{time}", mustDie: true);
        }

        for (var round = soaking.Options.Amount(full: 40, quick: 3); round > 0; round--)
        {
            var steps = soaking.Random.GetItems(Steps, 2).Distinct()
                .Select(step => $"{step}=kill@{soaking.Random.Next(1, 30)}");
            await RunAsync(arena, soaking, environment, string.Join(',', steps), mustDie: false);
        }

        await arena.RepeatUnansweredAsync();
        await new Invariants(arena, supervisorsEnded: true, soaking.CancellationToken).CheckAsync();
    }

    private static async Task RunAsync(
        Arena arena, Soaking soaking, Dictionary<string, string> environment, string armed, bool mustDie)
    {
        await arena.Server.SigtermAsync();
        if (arena.Server.FindSupervisor() is not null)
        {
            await arena.Server.StopSupervisorAsync();
        }

        environment[Armed.Variable] = armed;
        var removals = new Removals(arena);
        var died = !await TryRestartAsync(arena);
        if (!died)
        {
            died = await StartUntilOneDiesAsync(arena, soaking, removals);
        }

        if (died)
        {
            soaking.Tally.Fault();
        }
        else if (mustDie)
        {
            soaking.Tally.Violation("run", $"nobody was killed at {armed}");
        }

        environment.Clear();
        await RestartUnarmedAsync(arena);
        await removals.CheckAsync();
    }

    private static async Task<bool> TryRestartAsync(Arena arena)
    {
        try
        {
            await arena.Server.RestartAsync();
            return true;
        }
        catch (InvalidOperationException)
        {
            // Killed on its way up.
            return false;
        }
    }

    // Load, until levityd is gone or has had one supervisor more than we know of.
    private static async Task<bool> StartUntilOneDiesAsync(Arena arena, Soaking soaking, Removals removals)
    {
        var supervisors = 1;
        await arena.ReachAsync();
        for (var i = 0; i < Ticking; i++)
        {
            await arena.StartAsync(arena.NewErrand(ErrandKind.Tick, lines: 1, code: i));
        }

        for (var starts = 0; starts < MostStarts; starts += StartsAtOnce)
        {
            var errands = Enumerable.Range(0, StartsAtOnce).Select(_ => Traffic.NewErrand(arena, soaking.Random)).ToList();
            var entries = await Task.WhenAll(errands.Select(arena.StartAsync));
            await Task.WhenAll(entries.Where(entry => entry.Id is not null).Select(arena.LookAtAsync));
            await removals.MakeOneAsync();
            if (HasOneDied(arena, supervisors))
            {
                return true;
            }

            if (starts == StartsBeforeSettling)
            {
                // The steps of settling a lost task need one.
                await Signals.SendAsync("KILL", arena.Server.SupervisorPid);
                supervisors++;
                await Eventually.TrueAsync(
                    () => !arena.Server.IsRunning || Connections(arena) >= supervisors,
                    "another supervisor, or the end of levityd");
            }
        }

        return false;
    }

    // A supervisor that dies while it settles is followed by the next within milliseconds: levityd has seen them all.
    private static bool HasOneDied(Arena arena, int supervisors) =>
        !arena.Server.IsRunning || arena.Server.FindSupervisor() is null || Connections(arena) > supervisors;

    private static int Connections(Arena arena) => Connected().Count(arena.Server.LastMessages);

    private static async Task RestartUnarmedAsync(Arena arena)
    {
        if (arena.Server.IsRunning)
        {
            // Its supervisor was killed: the next one is armed as well, and would die in its turn.
            await arena.Server.Kill9Async();
            if (arena.Server.FindSupervisor() is { } armed)
            {
                await Signals.SendAsync("KILL", armed);
            }
        }
        else
        {
            // The supervisor is armed too, but for steps that only levityd takes.
            Assert.Equal(KilledBySigkill, await arena.Server.DiedAsync());
        }

        await arena.Server.RestartAsync();
    }

    [GeneratedRegex(@"Supervisor \d+ connected")]
    private static partial Regex Connected();
}
