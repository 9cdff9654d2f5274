using System.Globalization;
using System.Text.Json;
using Levity.Protocol;

namespace Levity.Cli.Output;

/// <summary>
/// What has happened to a task, on one line: when, to which, and what it is now; then its name, or a hyphen, and its
/// command.
/// </summary>
internal static class TaskEventText
{
    private const int WidestState = 16;

    public static string Line(WatchTasksResponse message)
    {
        var task = message.Task;
        var (id, state) = task is null
            ? (message.Removed.Id, "Removed")
            : (task.TaskId.Id, TaskTable.StateOf(task.Report));
        var more = task is null ? "" : $"  {(task.Report.Name.Length > 0 ? task.Report.Name : "-")}  {TaskTable.CommandOf(task)}";
        return ErrorLine.Escape($"{TimeOf(message)}  {id}  {state.PadRight(task is null ? 0 : WidestState)}{more}");
    }

    /// <returns>An object with the time, and the task, or the id of the one that was removed.</returns>
    public static string Json(WatchTasksResponse message) => message.Task is { } task
        ? $$"""{"time":"{{TimeOf(message)}}","event":"state","task":{{TaskJson.Of(task)}}}"""
        : $$"""{"time":"{{TimeOf(message)}}","event":"removed","id":"{{JsonEncodedText.Encode(message.Removed.Id)}}"}""";

    private static string TimeOf(WatchTasksResponse message) =>
        (message.Task?.Report.Ending?.EndedAt ?? message.Time)
            .ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
