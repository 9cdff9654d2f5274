using System.Globalization;
using Levity.Bench.Measuring;
using Levity.Bench.Reporting;
using Levity.Bench.UnderTest;
using Levity.Protocol;

namespace Levity.Bench.Rows;

/// <summary>
/// What many records do to the cost of a call, and what they and many live tasks do to a start of levityd. The records
/// are of tasks that were run: a server with few and one with many stand side by side.
/// </summary>
internal sealed class Growth : IRow
{
    private const int Few = 10;
    private const int Callers = 32;

    // As many tasks as can be run in that time: on a slow machine there are fewer records, and the line says so.
    private static readonly TimeSpan FillTime = TimeSpan.FromSeconds(120);

    private static readonly Goal CostGoal = Goal.RatioAtMost(1.5);

    public string Name => "growth";

    public async Task<RowReport> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        await using var small = await LevityServer.StartAsync(bench, cancellationToken);
        await using var large = await LevityServer.StartAsync(bench, cancellationToken);
        using var few = bench.Connect(small);
        using var many = bench.Connect(large);
        await FillAsync(few, Few, cancellationToken);
        var records = await FillAsync(many, bench.Pick(100_000, 500), cancellationToken);

        var starts = bench.Pick(200, 20);
        var startTimes = await CompareAsync(bench, few, many, starts, StartAsync, cancellationToken);
        var queryTimes = await CompareAsync(bench, few, many, bench.Pick(5_000, 100), QueryAsync, cancellationToken);
        var live = bench.Pick(5_000, 50);
        await RunManyAsync(live, token => many.StartAsync("sleep", ["3600"], token), cancellationToken);
        var ready = new List<double>();
        for (var round = 0; round < bench.Pick(5, 2); round++)
        {
            await large.RestartAsync(cancellationToken);
            ready.Add(large.ReadyAfter.TotalSeconds);
        }

        var (liveCount, recordCount) = (Count(live), Count(records));
        return new RowReport(
            [
                Line.Compare(
                    $"p99 of a start with {recordCount} records", Unit.Milliseconds, startTimes[1],
                    ("with 10", startTimes[0]), CostGoal),
                Line.Compare(
                    $"p99 of a query with {recordCount} records", Unit.Milliseconds, queryTimes[1],
                    ("with 10", queryTimes[0]), CostGoal),
                Line.Measure(
                    $"levityd ready, {liveCount} live tasks and {recordCount} records", Unit.Seconds, new Samples(ready),
                    Goal.AtMost(1, Unit.Seconds)),
            ],
            $"growth: the records are of `/bin/true`, run for this row (at most {FillTime.TotalSeconds:0} s; the goals are "
            + $"for 100,000). One caller, {starts} starts a round; the small server has {Few} records at first, and gets "
            + "one with each start, like the large one. Ready: from the spawn of levityd, whose supervisor goes on.");
    }

    private static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static Task<IReadOnlyList<Samples>> CompareAsync(
        Workbench bench,
        LevityClient few,
        LevityClient many,
        int calls,
        Func<LevityClient, TaskHandle, CancellationToken, Task> call,
        CancellationToken cancellationToken) =>
        Interleaved.MeasureAsync(
            warmUps: 1, rounds: bench.Pick(5, 2), cancellationToken,
            token => WorstAsync(few, calls, call, token), token => WorstAsync(many, calls, call, token));

    /// <returns>The p99 of so many calls, one after the other, in milliseconds.</returns>
    private static async Task<double> WorstAsync(
        LevityClient client,
        int calls,
        Func<LevityClient, TaskHandle, CancellationToken, Task> call,
        CancellationToken cancellationToken)
    {
        var task = await client.StartAsync("/bin/true", [], cancellationToken);
        var times = new List<double>(calls);
        for (var i = 0; i < calls; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            await call(client, task, cancellationToken);
            times.Add(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
        }

        return new Samples(times).Percentile(99);
    }

    private static Task StartAsync(LevityClient client, TaskHandle task, CancellationToken cancellationToken) =>
        client.StartAsync("/bin/true", [], cancellationToken);

    private static async Task QueryAsync(LevityClient client, TaskHandle task, CancellationToken cancellationToken) =>
        await client.Api.QueryTaskAsync(new QueryTaskRequest { TaskId = task }, cancellationToken: cancellationToken);

    /// <returns>How many tasks were run to their end.</returns>
    private static async Task<int> FillAsync(LevityClient client, int count, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        var done = 0;
        await RunManyAsync(
            count,
            async token =>
            {
                if (TimeProvider.System.GetElapsedTime(began) < FillTime)
                {
                    await client.WaitAsync(await client.StartAsync("/bin/true", [], token), token);
                    Interlocked.Increment(ref done);
                }
            },
            cancellationToken);
        return done;
    }

    private static Task RunManyAsync(int count, Func<CancellationToken, Task> call, CancellationToken cancellationToken) =>
        Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = cancellationToken },
            async (_, token) => await call(token));
}
