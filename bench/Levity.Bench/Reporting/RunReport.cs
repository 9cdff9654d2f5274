namespace Levity.Bench.Reporting;

/// <summary>What came of a whole run.</summary>
internal sealed record RunReport(
    DateTimeOffset Began, Machine Machine, Revision Revision, string Command, IReadOnlyList<RowReport> Rows)
{
    public IEnumerable<Line> Lines => Rows.SelectMany(row => row.Lines);

    public IEnumerable<string> Notes => Rows.SelectMany(row => row.Notes);
}
