using Levity.Bench.Measuring;
using Levity.Bench.Reporting;

namespace Levity.Bench.Rows;

/// <summary>What many records do to the cost of a call: to be measured when records are ever removed.</summary>
internal sealed class Growth : IRow
{
    public string Name => "growth";

    public Task<RowReport> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var line = Line.NotYet(
            "p99 of start and query, 100,000 records against 10",
            Goal.RatioAtMost(1.5),
            "records in numbers, and their removal, come with the durability issue");
        return Task.FromResult(new RowReport([line]));
    }
}
