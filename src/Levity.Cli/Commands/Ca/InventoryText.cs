using System.Globalization;
using System.Text.Json;
using Levity.Cli.Authority;
using Levity.Cli.Output;

namespace Levity.Cli.Commands.Ca;

/// <summary>What is in an inventory, as rows for people and as JSON for programs.</summary>
internal static class InventoryText
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public static TextTable Table => new("KIND", "NAME", "UNTIL", "STATE", "SERIAL");

    public static Cell[] RowOf(InventoryItem item) =>
    [
        item.Kind,
        item.Name,
        item.NotAfter?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "",
        item.Revocation is { } revocation ? $"{item.State} ({revocation.Reason})" : item.State,
        item.Serial?.ToString() ?? "",
    ];

    public static string JsonOf(InventoryItem item) => Json.OfObject(writer =>
    {
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
    });

    private static void Write(Utf8JsonWriter writer, string name, DateTimeOffset? time)
    {
        if (time is { } known)
        {
            writer.WriteString(name, known.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
        }
    }
}
