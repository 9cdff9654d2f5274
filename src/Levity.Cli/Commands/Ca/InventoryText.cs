using System.Globalization;
using System.Text.Json;
using Levity.Cli.Authority;
using Levity.Cli.Output;

namespace Levity.Cli.Commands.Ca;

/// <summary>An inventory as a table for people, or for programs: JSON, an object a line.</summary>
internal static class InventoryText
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public static TextTable Table(IEnumerable<InventoryItem> items)
    {
        var table = new TextTable("KIND", "NAME", "UNTIL", "STATE", "SERIAL");
        foreach (var item in items)
        {
            table.Add(
                item.Kind,
                item.Name,
                item.NotAfter?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "",
                item.Revocation is { } revocation ? $"{item.State} ({revocation.Reason})" : item.State,
                item.Serial?.ToString() ?? "");
        }

        return table;
    }

    public static string Json(IEnumerable<InventoryItem> items) => string.Concat(items.Select(Json));

    private static string Json(InventoryItem item) => JsonLine.Write(writer =>
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
    });

    private static void Write(Utf8JsonWriter writer, string name, DateTimeOffset? time)
    {
        if (time is { } known)
        {
            writer.WriteString(name, known.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
        }
    }
}
