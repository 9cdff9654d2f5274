using Levity.Bench.Rows;

namespace Levity.Bench;

/// <summary>What a run was asked to do.</summary>
/// <param name="Smoke">Whether everything works, in a minute; the numbers mean nothing.</param>
/// <param name="Rows">Which rows, in which order.</param>
/// <param name="Output">Where the record goes; null for none.</param>
/// <param name="Command">As it would be typed again.</param>
internal sealed record BenchOptions(bool Smoke, IReadOnlyList<IRow> Rows, string? Output, string Command);
