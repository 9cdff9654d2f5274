using Levity.Bench.Reporting;

namespace Levity.Bench.Rows;

/// <summary>One question, measured on both sides.</summary>
internal interface IRow
{
    /// <summary>What --rows calls it.</summary>
    string Name { get; }

    /// <exception cref="Measuring.BrokenSideException">A side did not do its work.</exception>
    Task<RowReport> RunAsync(Workbench bench, CancellationToken cancellationToken);
}
