using Levity.EndToEnd.Tests.Fixtures;
using Levity.Soak.Reporting;
using Levity.Soak.Scenarios;

namespace Levity.Soak;

/// <summary>Runs scenarios one after the other and reports what they found.</summary>
internal static class SoakRun
{
    public static readonly IReadOnlyList<IScenario> AllScenarios =
    [
        new KilledDaemon(), new KilledSupervisor(), new Failpoints(), new ModelHistories(), new Escapees(),
        new ReusedNumbers(), new LogExactness(), new ShortTasks(), new ManyTasks(), new FullDisk(), new ReadOnlyDisk(),
        new TornState(), new Links(), new SyscallFaults(), new HostileClients(), new Leaks(), new Testssl(),
    ];

    // Well over what a scenario takes: it is there so that one that hangs ends.
    private static readonly TimeSpan ScenarioBound = TimeSpan.FromMinutes(20);

    /// <returns>0 when nothing that is promised was broken; 1 otherwise.</returns>
    public static async Task<int> RunAsync(SoakOptions options, CancellationToken cancellationToken)
    {
        string[] programs = [PublishedPrograms.Levity, PublishedPrograms.Levityd, PublishedPrograms.Supervisor];
        if (programs.FirstOrDefault(path => !File.Exists(path)) is { } missing)
        {
            await SayAsync($"run make build first: there is no {missing}");
            return 1;
        }

        await SayAsync($"seed {options.Seed}");
        var tallies = new List<Tally>();
        foreach (var scenario in options.Scenarios)
        {
            tallies.Add(await RunAsync(scenario, options, cancellationToken));
        }

        await Console.Out.WriteLineAsync(SoakTable.Text(options, tallies));
        if (options.Output is { } directory)
        {
            await SayAsync($"the table is in {await SoakTable.WriteAsync(options, tallies, directory, cancellationToken)}");
        }

        return tallies.All(tally => tally.Violations.Count == 0) ? 0 : 1;
    }

    private static async Task<Tally> RunAsync(
        IScenario scenario, SoakOptions options, CancellationToken cancellationToken)
    {
        var tally = new Tally(scenario.Name, violation => SayAsync($"{scenario.Name}, seed {options.Seed}: {violation}"));
        if (scenario.Obstacle is { } obstacle)
        {
            tally.Skip(obstacle);
            await SayAsync($"{scenario.Name}: left out, {obstacle}");
            return tally;
        }

        using var bound = new CancellationTokenSource(ScenarioBound, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        var began = TimeProvider.System.GetTimestamp();
        try
        {
            // The choices of one scenario do not depend on which others are run.
            var random = new Random(options.Seed ^ StableHash(scenario.Name));
            await scenario.RunAsync(new Soaking(options, tally, random, either.Token));
        }
        catch (Exception e)
        {
            // The edge of a scenario: the others are run, and the run fails in the end.
            tally.Violation("run", bound.IsCancellationRequested ? $"not done after {ScenarioBound}" : e.ToString());
        }

        tally.Took = TimeProvider.System.GetElapsedTime(began);
        await SayAsync($"{tally}");
        cancellationToken.ThrowIfCancellationRequested();
        return tally;
    }

    // string.GetHashCode differs from process to process.
    private static int StableHash(string text) => text.Aggregate(17, (hash, letter) => unchecked(hash * 31 + letter));

    private static Task SayAsync(string line) => Console.Error.WriteLineAsync($"soak: {line}");
}
