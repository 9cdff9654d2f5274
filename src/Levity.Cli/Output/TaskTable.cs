using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Levity.Protocol;

namespace Levity.Cli.Output;

/// <summary>Tasks as a table for people.</summary>
/// <param name="output">Where it is printed.</param>
/// <param name="now">What ages are counted from.</param>
/// <param name="withOwner">Say whose each is.</param>
/// <param name="isWide">All there is room for on a wide screen: whole ids, times, labels.</param>
internal sealed class TaskTable(ConsoleOutput output, DateTimeOffset now, bool withOwner, bool isWide) : IPrinter<TaskEntry>
{
    // Two groups of an id: enough to be one of a million, and it can be given to any command.
    private const int ShortId = 13;

    private readonly TextTable _table = new(
        isWide ? ["ID", "NAME", "STATE", "OWNER", "STARTED", "ENDED", "RAN FOR", "LABELS", "COMMAND"]
        : withOwner ? ["ID", "NAME", "STATE", "OWNER", "AGE", "COMMAND"]
        : ["ID", "NAME", "STATE", "AGE", "COMMAND"])
    {
        MayBeCut = !isWide,
    };

    public void Print(TaskEntry task) => _table.Add(isWide ? Wide(task) : Usual(task));

    public void End() => output.Write(_table);

    /// <summary>What has become of a task, in a word or two: <c>Finished (0)</c>, <c>Finished (SIGTERM)</c>.</summary>
    public static string StateOf(QueryTaskResponse task)
    {
        var state = StateNames.Of(task.StatusCode);
        return task switch
        {
            { NextAttemptAt: not null } => $"{state} (attempt {task.Attempt} failed)",
            { Attempt: > 0 } => $"{state} (attempt {task.Attempt})",
            { HasExitCode: true } => string.Create(CultureInfo.InvariantCulture, $"{state} ({task.ExitCode})"),
            { Ending: { HasSignal: true } ending } => $"{state} ({SignalNames.Find(ending.Signal) ?? $"signal {ending.Signal}"})",
            _ => state,
        };
    }

    /// <summary>As it was given, on one line, as far as it is told.</summary>
    public static string CommandOf(TaskEntry task) =>
        string.Join(' ', [task.Binary, .. task.Args]) + (task.ArgsCut ? "…" : "");

    private static Cell StateCell(QueryTaskResponse task) => new(StateOf(task), task switch
    {
        { StatusCode: TaskStatusCode.NotStarted } => Tone.Plain,
        { StatusCode: TaskStatusCode.Finished, ExitCode: 0, HasExitCode: true } => Tone.Plain,
        { StatusCode: TaskStatusCode.Finished, Ending.HasStopRequestedBy: true } => Tone.Plain,
        { StatusCode: TaskStatusCode.Running } => Tone.Good,
        { StatusCode: TaskStatusCode.Signalled } => Tone.Changing,
        _ => Tone.Bad,
    });

    private Cell[] Usual(TaskEntry task)
    {
        var (id, name, state) = (task.TaskId.Id[..Math.Min(ShortId, task.TaskId.Id.Length)], task.Report.Name, StateCell(task.Report));
        var age = task.Report.CreatedAt is { } created ? Age.Of(now - created.ToDateTimeOffset()) : "";
        return withOwner
            ? [id, name, state, task.Report.Owner, age, CommandOf(task)]
            : [id, name, state, age, CommandOf(task)];
    }

    private Cell[] Wide(TaskEntry task)
    {
        var report = task.Report;
        var (started, ended) = (report.Ending?.StartedAt ?? report.CreatedAt, report.Ending?.EndedAt);
        var end = ended?.ToDateTimeOffset() ?? now;
        return
        [
            task.TaskId.Id,
            report.Name,
            StateCell(report),
            report.Owner,
            TimeOf(started),
            TimeOf(ended),
            started is null ? "" : Age.Of(end - started.ToDateTimeOffset()),
            string.Join(",", report.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(LabelOf)),
            CommandOf(task),
        ];
    }

    private static string LabelOf(KeyValuePair<string, string> label) =>
        label.Value.Length > 0 ? $"{label.Key}={label.Value}" : label.Key;

    private static string TimeOf(Timestamp? time) =>
        time?.ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";
}
