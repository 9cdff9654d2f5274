using System.Text.Json;
using Google.Protobuf;
using Levity.Protocol;

namespace Levity.Cli.Output;

/// <summary>What a task uses as JSON: the message as protobuf maps it, with the task's id.</summary>
internal static class StatsJson
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    /// <returns>One object on one line; all that is not ASCII is escaped.</returns>
    public static string Of(TaskStats stats)
    {
        using var message = JsonDocument.Parse(Formatter.Format(stats));
        return TaskJson.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("id", stats.TaskId.Id);
            foreach (var member in message.RootElement.EnumerateObject().Where(member => member.Name != "taskId"))
            {
                member.WriteTo(writer);
            }

            writer.WriteEndObject();
        });
    }

    /// <returns>One array on one line.</returns>
    public static string Of(IEnumerable<TaskStats> stats) => $"[{string.Join(',', stats.Select(Of))}]";
}
