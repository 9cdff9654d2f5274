using System.Text.Json;
using Levity.Daemon.Audit;
using Levity.Protocol.Audit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Levity.Daemon.Tests.Audit;

public sealed class AuditFullDiskTests
{
    [Fact]
    public void On_a_full_disk_room_that_was_promised_is_there_and_what_found_none_is_counted()
    {
        using var disk = new SmallFileSystem(megabytes: 2);
        using var log = AuditLog.Open(disk["."], "this boot", TimeProvider.System, NullLogger.Instance);
        Assert.True(log.TryReserve(last: false));
        var filler = disk.Fill();

        // Reads use up what was taken in advance, but for what is promised and set aside.
        var reads = 0;
        while (log.TryReserve(last: false))
        {
            log.Append(new AuditRecord(AuditRecord.Call) { Rpc = "/read" }, reserved: true);
            reads++;
            Assert.InRange(reads, 1, 10_000);
        }

        log.Append(new AuditRecord(AuditRecord.Call) { Rpc = "/lost" });
        log.Append(new AuditRecord(AuditRecord.Call) { Rpc = "/promised" }, reserved: true);
        var relieving = 0;
        while (log.TryReserve(last: true))
        {
            log.Append(new AuditRecord(AuditRecord.Call) { Rpc = "/relieving" }, reserved: true);
            relieving++;
            Assert.InRange(relieving, 1, 10_000);
        }

        Assert.InRange(relieving, 100, 10_000);
        log.Append(new AuditRecord(AuditRecord.Call) { Rpc = "/lost" });

        File.Delete(filler);
        log.Settle();

        var lines = File.ReadAllLines(disk["audit.log"]);
        var told = lines.Select(line => JsonDocument.Parse(line).RootElement)
            .Where(record => record.GetProperty("event").ValueEquals("lost")).ToList();
        Assert.Equal(2, told.Sum(record => record.GetProperty("records").GetInt32()));
        Assert.Equal(1 + reads + 1 + relieving + told.Count, lines.Length);
        Assert.Null(AuditFiles.Check(disk["audit.log"]).Problem);
        Assert.True(log.TryReserve(last: false));
    }

    [Fact]
    public void A_file_that_is_full_is_gone_on_with_while_there_is_no_room_for_another()
    {
        using var disk = new SmallFileSystem(megabytes: 2);
        var chain = new AuditChain();
        using (var log = AuditLog.Open(disk["."], "this boot", TimeProvider.System, NullLogger.Instance, largestFile: 1))
        {
            var filler = disk.Fill();
            log.Settle();
            log.Append(new AuditRecord(AuditRecord.Call) { Rpc = "/a" });
            Assert.Single(Directory.GetFiles(disk["."], "audit.log*"));

            File.Delete(filler);
            log.Settle();
            log.Append(new AuditRecord(AuditRecord.Call) { Rpc = "/b" });
        }

        Assert.Equal(2, AuditFiles.Check(disk["audit.log.000000000001"], chain).Lines);
        Assert.Equal(2, AuditFiles.Check(disk["audit.log"], chain).Lines);
    }
}
