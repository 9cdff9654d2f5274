using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Levity.Cli.Authority;

namespace Levity.Cli.Commands.Ca;

/// <summary>An inventory as a table for people, or for programs: JSON, an object a line.</summary>
internal static class InventoryText
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public static string Table(IEnumerable<InventoryItem> items)
    {
        string[][] rows =
        [
            ["KIND", "NAME", "UNTIL", "STATE", "SERIAL"],
            .. items.Select(item => (string[])
            [
                item.Kind,
                item.Name,
                item.NotAfter?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "-",
                item.Revocation is { } revocation ? $"{item.State} ({revocation.Reason})" : item.State,
                item.Serial?.ToString() ?? "-",
            ]),
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToList();
        return string.Concat(rows.Select(row =>
            string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd() + '\n'));
    }

    public static string Json(IEnumerable<InventoryItem> items) => string.Concat(items.Select(Json));

    private static string Json(InventoryItem item)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", item.Kind);
            writer.WriteString("name", item.Name);
            writer.WriteString("state", item.State);
            Write(writer, "notBefore", item.NotBefore);
            Write(writer, "notAfter", item.NotAfter);
            if (item.Serial is { } serial)
            {
                writer.WriteString("serial", serial.ToString());
            }

            Write(writer, "revokedAt", item.Revocation?.At);
            if (item.Revocation is { } revocation)
            {
                writer.WriteString("reason", revocation.Reason);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(json.WrittenSpan) + '\n';
    }

    private static void Write(Utf8JsonWriter writer, string name, DateTimeOffset? time)
    {
        if (time is { } known)
        {
            writer.WriteString(name, known.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
        }
    }
}
