using System.Globalization;
using Levity.Protocol;

namespace Levity.Cli.Output;

/// <summary>What tasks use, as a table for people.</summary>
internal static class StatsTable
{
    // Two groups of an id, as in a list of tasks.
    private const int ShortId = 13;

    private const double KiB = 1024;

    /// <param name="stats">A row each, in this order.</param>
    /// <param name="now">What ages are counted from.</param>
    /// <param name="withOwner">Say whose each is.</param>
    public static TextTable Of(IEnumerable<TaskStats> stats, DateTimeOffset now, bool withOwner)
    {
        var table = Empty(withOwner, isWide: false);
        foreach (var task in stats)
        {
            table.Add([.. CellsOf(task, now, withOwner, isWide: false)]);
        }

        return table;
    }

    /// <summary>The same, printed; a wide one has whole ids, and says whose each is.</summary>
    public static IPrinter<TaskStats> PrinterOf(ConsoleOutput output, DateTimeOffset now, bool withOwner, bool isWide) =>
        new TableRows<TaskStats>(
            output, Empty(withOwner || isWide, isWide), task => [.. CellsOf(task, now, withOwner || isWide, isWide)]);

    private static TextTable Empty(bool withOwner, bool isWide) => new(
    [
        "ID", "NAME", .. withOwner ? ["OWNER"] : Array.Empty<string>(), "CPU", "MEMORY", "PEAK", "PROCESSES", "CPU TIME", "AGE",
        "COMMAND",
    ])
    {
        MayBeCut = !isWide,
    };

    private static IEnumerable<Cell> CellsOf(TaskStats task, DateTimeOffset now, bool withOwner, bool isWide) =>
    [
        isWide ? task.TaskId.Id : task.TaskId.Id[..Math.Min(ShortId, task.TaskId.Id.Length)],
        task.Name,
        .. withOwner ? [task.Owner] : Array.Empty<Cell>(),
        WithLimit(task.HasCpuShare ? Percent(task.CpuShare) : "", Percent((task.Limits?.CpuMillis ?? 0) / 1000.0), task.Limits?.CpuMillis),
        WithLimit(task.HasMemoryBytes ? Size(task.MemoryBytes) : "", Size(task.Limits?.MemoryBytes ?? 0), task.Limits?.MemoryBytes),
        task.HasMemoryPeakBytes ? Size(task.MemoryPeakBytes) : "",
        WithLimit(Number(task.Processes), Number(task.Limits?.Processes ?? 0), task.Limits?.Processes),
        Seconds(task),
        task.StartedAt is { } started ? Age.Of(now - started.ToDateTimeOffset()) : "",
        task.Binary,
    ];

    // "12.3M/64.0M"
    private static string WithLimit(string value, string limit, long? given) =>
        value.Length > 0 && given is > 0 ? $"{value}/{limit}" : value;

    // Of one processor, as top(1) has it: 150% is one and a half.
    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0}%");

    private static string Size(long bytes) => bytes switch
    {
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / KiB:0.0}K"),
        < 1024 * 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / KiB / KiB:0.0}M"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / KiB / KiB / KiB:0.0}G"),
    };

    private static string Seconds(TaskStats task) => string.Create(
        CultureInfo.InvariantCulture,
        $"{((task.UserTime?.ToTimeSpan() ?? default) + (task.SystemTime?.ToTimeSpan() ?? default)).TotalSeconds:0.0}s");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
