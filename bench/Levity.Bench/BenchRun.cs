using Levity.Bench.Measuring;
using Levity.Bench.Reporting;
using Levity.Bench.Rows;
using Levity.Bench.UnderTest;

namespace Levity.Bench;

/// <summary>Runs rows one after the other and reports what came of them.</summary>
internal static class BenchRun
{
    public static readonly IReadOnlyList<IRow> AllRows =
    [
        new Starts(), new WholeCommand(), new Queries(), new LogReading(), new WholeLogs(), new Capture(),
        new Followers(), new Memory(), new Readiness(), new Growth(),
    ];

    // Well over what a row takes: it is there so that one that hangs ends.
    private static readonly TimeSpan RowBound = TimeSpan.FromMinutes(6);

    /// <returns>0 when every row was measured, whether it reached its goal or not; 1 otherwise.</returns>
    public static async Task<int> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        try
        {
            using var bench = Workbench.Create(Programs.Find(), options.Smoke);
            return await MeasureAsync(options, bench, cancellationToken);
        }
        catch (FileNotFoundException e)
        {
            await SayAsync(e.Message);
            return 1;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await SayAsync("interrupted");
            return 1;
        }
    }

    private static async Task<int> MeasureAsync(
        BenchOptions options, Workbench bench, CancellationToken cancellationToken)
    {
        var machine = Machine.Describe(bench.Root);
        var revision = await Revision.ReadAsync(Programs.RepositoryRoot, cancellationToken);
        var began = TimeProvider.System.GetUtcNow();
        var reports = new List<RowReport>();
        foreach (var row in options.Rows)
        {
            if (await TryAsync(row, bench, cancellationToken) is { } report)
            {
                reports.Add(report);
            }
        }

        var run = new RunReport(began, machine, revision, options.Command, reports);
        TerminalTable.Print(run);
        if (reports.Count < options.Rows.Count)
        {
            await SayAsync($"{options.Rows.Count - reports.Count} rows could not be measured: nothing is written");
            return 1;
        }

        if (options.Output is { } directory)
        {
            await SayAsync($"the record is {await MarkdownReport.WriteAsync(run, directory, cancellationToken)}");
        }

        return 0;
    }

    /// <summary>Null, and a line that says why, when the row could not be measured.</summary>
    private static async Task<RowReport?> TryAsync(IRow row, Workbench bench, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(RowBound, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        var began = TimeProvider.System.GetTimestamp();
        try
        {
            var report = await row.RunAsync(bench, either.Token);
            await SayAsync($"{row.Name}: {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s");
            return report;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // The edge of a row: whatever went wrong in it, the others are measured, and the run fails in the end.
            var why = bound.IsCancellationRequested ? $"not done after {RowBound.TotalMinutes} minutes"
                : e is BrokenSideException ? e.Message
                : e.ToString();
            await SayAsync($"{row.Name} FAILED: {why}");
            return null;
        }
    }

    private static Task SayAsync(string line) => Console.Error.WriteLineAsync($"bench: {line}");
}
