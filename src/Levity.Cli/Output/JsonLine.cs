using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Levity.Cli.Output;

/// <summary>One JSON value on a line of its own.</summary>
internal static class JsonLine
{
    public static string Write(Action<Utf8JsonWriter> write)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            write(writer);
        }

        return $"{Encoding.UTF8.GetString(json.WrittenSpan)}\n";
    }
}
