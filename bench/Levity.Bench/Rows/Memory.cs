using System.Globalization;
using Levity.Bench.Measuring;
using Levity.Bench.Processes;
using Levity.Bench.Reporting;
using Levity.Bench.UnderTest;

namespace Levity.Bench.Rows;

/// <summary>What idle tasks cost in memory, over all of Levity's processes; the tasks' own is theirs.</summary>
internal sealed class Memory : IRow
{
    private const int Starters = 16;

    private static readonly Goal Aim = Goal.AtMost(300, Unit.Mebibytes);

    public string Name => "memory";

    public async Task<RowReport> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var count = bench.Pick(5_000, 200);

        // What is only held for a while after a start is let go by then.
        var calm = TimeSpan.FromSeconds(bench.Pick(5, 1));
        await using var server = await LevityServer.StartAsync(bench, cancellationToken);
        var before = InMebibytes(server);
        using (var client = bench.Connect(server))
        {
            var starters = new ParallelOptions
            {
                MaxDegreeOfParallelism = Starters,
                CancellationToken = cancellationToken,
            };
            await Parallel.ForAsync(
                0, count, starters, async (_, token) => await client.StartAsync("sleep", ["3600"], token));
        }

        await Task.Delay(calm, TimeProvider.System, cancellationToken);
        var after = InMebibytes(server);
        var perTask = ((after - before) * 1024 / count).ToString("0.0", CultureInfo.InvariantCulture);
        return new RowReport(
            [
                Line.Measure(
                    $"memory of all Levity processes with {count:N0} idle tasks",
                    Unit.Mebibytes,
                    new Samples([after]),
                    Aim),
            ],
            $"memory: proportional set size (PSS) of levityd and its supervisor, {calm.TotalSeconds:0} s after "
            + $"the last start; {before:0} MiB without tasks, {perTask} KiB for each."
            + bench.Pick("", " The goal is for 5,000 tasks."));
    }

    private static double InMebibytes(LevityServer server) =>
        server.Processes().Sum(ProcessTable.ProportionalMemory) / Unit.Mebi;
}
