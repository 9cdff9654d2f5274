using System.Buffers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;

namespace Levity.Cli.Output;

/// <summary>All JSON that levity prints is written here: one value on one line, in which what is not ASCII is escaped.</summary>
internal static class Json
{
    // What has a value of its own when it is not given is written out: scripts find the same keys each time.
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    public static string Of(Action<Utf8JsonWriter> write)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(json.WrittenSpan);
    }

    /// <summary>An object.</summary>
    public static string OfObject(Action<Utf8JsonWriter> writeMembers) => Of(writer =>
    {
        writer.WriteStartObject();
        writeMembers(writer);
        writer.WriteEndObject();
    });

    /// <summary>A message as protobuf maps it.</summary>
    public static string Of(IMessage message)
    {
        using var members = Parse(message);
        return Of(members.RootElement.WriteTo);
    }

    /// <summary>The same, for who writes some of it otherwise.</summary>
    public static JsonDocument Parse(IMessage message) => JsonDocument.Parse(Formatter.Format(message));
}
