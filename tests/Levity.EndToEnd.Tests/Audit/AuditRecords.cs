using System.Text.Json;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Audit;

/// <summary>What is in a server's audit log, without levityd's own records.</summary>
internal static class AuditRecords
{
    public static string FileOf(LevityServer server) => Path.Combine(server.StateDirectory, "audit.log");

    public static IReadOnlyList<AuditEntry> Of(LevityServer server) =>
    [
        .. File.ReadAllText(FileOf(server)).Split('\n')[..^1]
            .Select(line => AuditEntry.Of(JsonDocument.Parse(line).RootElement))
            .Where(entry => entry.Event is "call" or "handshake"),
    ];

    /// <summary>Waits until there are so many more than there were: streams are on record when they are over.</summary>
    public static async Task<IReadOnlyList<AuditEntry>> MoreAsync(LevityServer server, int before, int count) =>
        await Eventually.GetAsync(
            () => Task.FromResult(Of(server) is var all && all.Count >= before + count ? all.Skip(before).ToList() : null),
            () => $"{count} records; there are:\n{string.Join('\n', Of(server).Skip(before))}");
}

/// <summary>One record, as the file has it.</summary>
internal sealed record AuditEntry(
    string Event, string? Identity, string? Claimed, string? Serial, string? Rpc, string? Task, string? Binary, string? Outcome,
    string? Reason, string? Address = null, string? User = null, long? Handshakes = null)
{
    public static AuditEntry Of(JsonElement record)
    {
        return new AuditEntry(
            Text("event")!, Text("identity"), Text("claimed"), Text("serial"), Text("rpc"), Text("task"), Text("binary"),
            Text("outcome"), Text("reason"), Text("address"), Text("user"),
            record.TryGetProperty("handshakes", out var some) ? some.GetInt64() : null);

        string? Text(string name) => record.TryGetProperty(name, out var member) ? member.GetString() : null;
    }
}
