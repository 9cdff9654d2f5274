using System.Text;
using System.Text.Json;
using Levity.Daemon.Audit;
using Levity.Protocol.Audit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Levity.Daemon.Tests.Audit;

/// <summary>An audit log in a directory of its own, written and read.</summary>
internal sealed class AuditFiles : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public string Path => _directory.Path;

    public string Current => _directory["audit.log"];

    public string Pending => _directory["audit.pending"];

    public AuditLog Open(ILogger? logger = null, long largestFile = long.MaxValue, string boot = "this boot") =>
        AuditLog.Open(Path, boot, TimeProvider.System, logger ?? NullLogger.Instance, largestFile);

    /// <summary>What would be here if levityd were killed in this moment.</summary>
    public AuditFiles AfterKill()
    {
        var files = new AuditFiles();
        foreach (var file in Directory.GetFiles(Path))
        {
            File.Copy(file, System.IO.Path.Combine(files.Path, System.IO.Path.GetFileName(file)));
        }

        return files;
    }

    /// <summary>The records without levityd's own of a file's beginning.</summary>
    public IReadOnlyList<JsonElement> Records() =>
    [
        .. Lines().Select(line => JsonDocument.Parse(line).RootElement)
            .Where(record => !record.GetProperty("event").ValueEquals("begin")),
    ];

    /// <summary>The log with a record for each of these calls, and closed.</summary>
    public void Write(params IEnumerable<string> rpcs)
    {
        using var log = Open();
        foreach (var rpc in rpcs)
        {
            log.Append(new AuditRecord(AuditRecord.Call) { Rpc = rpc, Outcome = "OK" });
        }
    }

    /// <summary>Puts this in the place of what is there.</summary>
    public void Replace(string text) => File.WriteAllBytes(Current, Encoding.UTF8.GetBytes(text));

    public string[] Lines(string? file = null) => File.ReadAllLines(file ?? Current, Encoding.UTF8);

    /// <summary>One member of each record that has it, and of the others the event.</summary>
    public IEnumerable<string> Rpcs() => Lines().Select(line => JsonDocument.Parse(line).RootElement).Select(
        record => (record.TryGetProperty("rpc", out var rpc) ? rpc : record.GetProperty("event")).GetString()!);

    public static AuditFinding Check(string file, AuditChain? chain = null)
    {
        using var handle = File.OpenHandle(file);
        return AuditFinding.In((offset, room) => RandomAccess.Read(handle, room, offset), chain ?? new AuditChain());
    }

    public void Dispose() => _directory.Dispose();
}
