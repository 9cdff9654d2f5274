using System.Text.Json;
using Levity.Protocol;

namespace Levity.Cli.Output;

/// <summary>
/// A task as JSON: the message as protobuf maps it (protobuf.dev, "ProtoJSON format": times are RFC 3339, durations are
/// seconds, 64-bit numbers are strings), with the task's id, its state by the name that <c>query</c> prints, and a
/// signal's name after its number.
/// </summary>
internal static class TaskJson
{
    /// <returns>One object.</returns>
    public static string Of(string id, QueryTaskResponse task) => Of(id, task, _ => { });

    /// <returns>The same of a task as it is listed, with its command.</returns>
    public static string Of(TaskEntry task) => Of(task.TaskId.Id, task.Report, writer =>
    {
        writer.WriteString("binary", task.Binary);
        writer.WriteStartArray("args");
        foreach (var argument in task.Args)
        {
            writer.WriteStringValue(argument);
        }

        writer.WriteEndArray();
        writer.WriteBoolean("argsCut", task.ArgsCut);
    });

    private static string Of(string id, QueryTaskResponse task, Action<Utf8JsonWriter> writeMore)
    {
        using var message = Json.Parse(task);
        return Json.OfObject(writer =>
        {
            writer.WriteString("id", id);
            writer.WriteString("state", StateNames.Of(task.StatusCode));
            foreach (var member in message.RootElement.EnumerateObject().Where(member => member.Name != "statusCode"))
            {
                if (member.Name == "ending")
                {
                    WriteEnding(writer, member.Value, task.Ending);
                }
                else
                {
                    member.WriteTo(writer);
                }
            }

            writeMore(writer);
        });
    }

    /// <returns>A task of which no more is known than that it was started.</returns>
    public static string OfStarted(string id) => Json.OfObject(writer => writer.WriteString("id", id));

    private static void WriteEnding(Utf8JsonWriter writer, JsonElement members, Ending ending)
    {
        writer.WriteStartObject("ending");
        foreach (var member in members.EnumerateObject())
        {
            member.WriteTo(writer);
            if (member.Name == "signal" && SignalNames.Find(ending.Signal) is { } name)
            {
                writer.WriteString("signalName", name);
            }
        }

        writer.WriteEndObject();
    }
}
