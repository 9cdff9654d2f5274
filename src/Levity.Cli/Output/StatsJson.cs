using Levity.Protocol;

namespace Levity.Cli.Output;

/// <summary>What a task uses as JSON: the message as protobuf maps it, with the task's id.</summary>
internal static class StatsJson
{
    public static string Of(TaskStats stats)
    {
        using var message = Json.Parse(stats);
        return Json.OfObject(writer =>
        {
            writer.WriteString("id", stats.TaskId.Id);
            foreach (var member in message.RootElement.EnumerateObject().Where(member => member.Name != "taskId"))
            {
                member.WriteTo(writer);
            }
        });
    }
}
