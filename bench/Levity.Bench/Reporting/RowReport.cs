namespace Levity.Bench.Reporting;

/// <summary>What came of one row: its lines, and what one has to know to read them.</summary>
internal sealed record RowReport(IReadOnlyList<Line> Lines, params IReadOnlyList<string> Notes);
