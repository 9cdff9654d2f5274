using System.Text.Json;
using Levity.Daemon.Audit;
using Levity.Daemon.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Levity.Daemon.Tests.Audit;

/// <summary>What a levityd that is killed leaves in audit.pending, and what the next one makes of it.</summary>
public sealed class AuditPendingTests : IDisposable
{
    private static readonly AuditRecord Opened = new(AuditRecord.Call)
    {
        Time = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
        Identity = "alice",
        Serial = "0A1B",
        Address = "192.0.2.1:4321",
        Rpc = "/levity.TaskManager/StreamLogs",
    };

    private readonly AuditFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void What_was_open_has_one_record_that_says_so_with_all_that_was_known()
    {
        using var log = _files.Open();
        log.Pending.Note(log.Pending.Enter(Opened), new AuditRecord(AuditRecord.Call) { Task = "a task", Binary = "a binary" });

        var record = Assert.Single(TwoStartsAfterKill());

        Assert.Equal(
            """
            call alice 0A1B 192.0.2.1:4321 /levity.TaskManager/StreamLogs a task a binary INTERRUPTED
            2026-01-02T03:04:05Z levityd ended before it did
            """,
            string.Join(' ', Members(record, "event", "identity", "serial", "address", "rpc", "task", "binary", "outcome"))
                + '\n' + string.Join(' ', Members(record, "began", "reason")));
        Assert.False(record.TryGetProperty("ms", out _));
    }

    [Fact]
    public void What_is_on_record_or_given_back_is_not_told_again()
    {
        using var log = _files.Open();
        var given = log.Pending.Enter(Opened);
        log.Append(Opened with { Outcome = "OK" }, log.Pending.Enter(Opened));
        log.Pending.Free(given);

        Assert.Equal(["OK"], TwoStartsAfterKill().Select(record => record.GetProperty("outcome").GetString()));
    }

    [Fact]
    public void A_call_that_is_over_and_waits_has_its_own_outcome_and_time()
    {
        using var log = _files.Open();
        var taken = TimeSpan.FromMilliseconds(7);
        log.Append(Opened with { Outcome = "OK", Duration = taken, Time = Opened.Time + taken }, log.Pending.Enter(Opened), mayWait: true);
        log.Append(Opened with { Outcome = "NOT_FOUND", Duration = TimeSpan.Zero }, mayWait: true);
        Assert.Empty(_files.Records());

        var told = TwoStartsAfterKill();

        Assert.Equal(["OK 7", "NOT_FOUND 0"], told.Select(one => string.Join(' ', Members(one, "outcome", "ms"))).OrderDescending());
        Assert.All(told, one => Assert.Equal("/levity.TaskManager/StreamLogs", one.GetProperty("rpc").GetString()));
        Assert.Contains("2026-01-02T03:04:05.007000Z", told.Select(one => one.GetProperty("time").GetString()));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public void Between_the_number_and_the_record_it_is_told_and_between_the_record_and_its_place_it_is_not(int ahead, int records)
    {
        using var log = _files.Open();
        var place = log.Pending.Enter(Opened);
        log.Pending.Becomes(place, 2 + ahead);
        log.Append(Opened with { Outcome = "OK" });

        Assert.Equal(records, TwoStartsAfterKill().Count);
    }

    [Theory]
    [InlineData(4, 2)]
    [InlineData(5, 1)]
    public void A_sum_has_it_once_it_says_so_and_before_that_it_has_a_record_of_its_own(long counted, int records)
    {
        using var log = _files.Open();
        var sum = log.Pending.Enter(new AuditRecord(AuditRecord.Handshake) { Address = "192.0.2.1", Outcome = "REFUSED", Count = counted });
        log.Pending[log.Pending.Enter(Opened with { Outcome = "REFUSED" }).Number].CountIn(sum.Number, 5);

        var told = TwoStartsAfterKill();

        Assert.Equal(records, told.Count);
        Assert.Equal(5, told.Sum(one => one.TryGetProperty("handshakes", out var some) ? some.GetInt64() : 1));
    }

    [Fact]
    public void What_had_found_no_room_is_told_also_when_levityd_is_killed_before_there_is_some()
    {
        using var disk = new SmallFileSystem(megabytes: 2);
        using var log = AuditLog.Open(disk["."], "this boot", TimeProvider.System, NullLogger.Instance);
        disk.Fill();
        while (log.TryReserve(last: true))
        {
        }

        log.Append(Opened with { Outcome = "OK" }, log.Pending.Enter(Opened));
        log.Append(Opened with { Outcome = "OK" });
        foreach (var name in new[] { "audit.log", "audit.pending" })
        {
            File.Copy(disk[name], Path.Combine(_files.Path, name));
        }

        _files.Open().Dispose();

        var told = Assert.Single(_files.Records());
        Assert.Equal(["lost", "2"], Members(told, "event", "records"));
    }

    [Fact]
    public void After_the_machine_has_ended_a_record_says_that_there_may_be_another()
    {
        using var log = _files.Open();
        log.Pending.Enter(Opened);
        using var killed = _files.AfterKill();

        killed.Open(boot: "another boot").Dispose();

        var record = Assert.Single(killed.Records());
        Assert.Equal("INTERRUPTED", record.GetProperty("outcome").GetString());
        Assert.Contains("may have another record", record.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_a_place_for_each_of_very_many_and_those_beyond_are_counted_and_do_not_wait()
    {
        using var log = _files.Open();
        for (var i = 1; i < AuditPending.MostPlaces; i++)
        {
            // One place is that of the records which find no room.
            Assert.True(log.Pending.Enter(Opened).IsHeld);
        }

        var two = new[] { log.Pending.Enter(Opened), log.Pending.Enter(Opened), log.Pending.Enter(Opened) };
        Assert.All(two, place => Assert.Equal(PendingPlace.None, place));
        log.Append(Opened with { Outcome = "OK" }, two[0], mayWait: true);
        Assert.Single(_files.Records());

        var told = TwoStartsAfterKill();

        Assert.Equal(AuditPending.MostPlaces - 1, told.Count(one => one.GetProperty("event").ValueEquals("call")) - 1);
        var lost = Assert.Single(told, one => one.GetProperty("event").ValueEquals("lost"));
        Assert.Equal(2, lost.GetProperty("records").GetInt32());
    }

    [Fact]
    public void A_file_that_is_cut_anywhere_has_what_is_whole_in_it_and_no_start_fails()
    {
        using var log = _files.Open();
        for (var i = 0; i < 3; i++)
        {
            log.Pending.Enter(Opened with { Rpc = $"/{i}" });
        }

        for (var length = 0; length < 6 * PendingEntry.Size; length += 37)
        {
            using var cut = _files.AfterKill();
            using (var file = File.OpenWrite(cut.Pending))
            {
                file.SetLength(length);
            }

            cut.Open().Dispose();

            // The header, the place of lost ones, and then these.
            var whole = Math.Clamp((length / PendingEntry.Size) - 2, 0, 3);
            var calls = cut.Records().Where(one => one.GetProperty("event").ValueEquals("call")).ToList();
            Assert.InRange(calls.Count, whole, whole + 1);
            Assert.Equal(0, new FileInfo(cut.Pending).Length % PendingEntry.Size);
            Assert.Null(AuditFiles.Check(cut.Current).Problem);
        }
    }

    [Fact]
    public void Whatever_stands_in_its_places_no_start_fails_and_what_cannot_be_read_is_told()
    {
        var random = new Random(20261126);
        using var log = _files.Open();
        log.Pending.Enter(Opened);
        for (var round = 0; round < 100; round++)
        {
            using var spoilt = _files.AfterKill();
            using (var file = File.OpenWrite(spoilt.Pending))
            {
                var garbage = new byte[random.Next(1, 3 * PendingEntry.Size)];
                random.NextBytes(garbage);
                file.Position = random.Next(PendingEntry.Size, 5 * PendingEntry.Size);
                file.Write(garbage);
            }

            spoilt.Open().Dispose();
            var told = spoilt.Records().Count;
            spoilt.Open().Dispose();

            Assert.InRange(told, 1, 6);
            Assert.Equal(told, spoilt.Records().Count);
            Assert.Null(AuditFiles.Check(spoilt.Current).Problem);
        }
    }

    [Theory]
    [InlineData("text")]
    [InlineData("link")]
    [InlineData("directory")]
    [InlineData("endless")]
    public void What_is_not_levityds_is_kept_aside_and_told_and_there_is_a_new_file(string kind)
    {
        var elsewhere = Path.Combine(_files.Path, "elsewhere");
        File.WriteAllBytes(elsewhere, "as it was"u8);
        switch (kind)
        {
            case "text":
                File.WriteAllBytes(_files.Pending, "no such thing"u8);
                break;
            case "link":
                File.CreateSymbolicLink(_files.Pending, elsewhere);
                break;
            case "directory":
                Directory.CreateDirectory(_files.Pending);
                break;
            default:
                _files.Open().Dispose();
                File.Delete(_files.Current);
                using (var file = File.OpenWrite(_files.Pending))
                {
                    file.SetLength(1L << 40);
                }

                break;
        }

        var logger = new CollectingLogger<AuditLog>();
        using (var log = _files.Open(logger))
        {
            log.Append(Opened with { Outcome = "OK" }, log.Pending.Enter(Opened), mayWait: true);
        }

        var aside = Path.GetFileName(Assert.Single(Directory.GetFileSystemEntries(_files.Path, "audit.pending.damaged-*")));
        Assert.Equal("as it was", File.ReadAllText(elsewhere));
        Assert.Equal(["pending", "call"], _files.Records().Select(one => one.GetProperty("event").GetString()));
        Assert.Contains(aside, _files.Records()[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains(logger.Messages, message => message.Contains(aside, StringComparison.Ordinal));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_files.Pending));
    }

    [Fact]
    public void Where_the_file_finds_no_room_that_is_told_and_no_record_waits()
    {
        using var disk = new SmallFileSystem(megabytes: 2);
        using (var less = File.OpenWrite(disk.Fill()))
        {
            // Enough for some records, and not for the file.
            less.SetLength(less.Length - (400 * 1024));
        }

        using var log = AuditLog.Open(disk["."], "this boot", TimeProvider.System, NullLogger.Instance);
        log.Append(Opened with { Outcome = "OK" }, log.Pending.Enter(Opened), mayWait: true);

        var told = File.ReadAllLines(disk["audit.log"]).Skip(1).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["pending", "call"], told.Select(one => one.GetProperty("event").GetString()));
        Assert.StartsWith("audit.pending cannot be used", told[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    // The second finds nothing more.
    private List<JsonElement> TwoStartsAfterKill()
    {
        using var killed = _files.AfterKill();
        killed.Open().Dispose();
        killed.Open().Dispose();
        Assert.Null(AuditFiles.Check(killed.Current).Problem);
        return [.. killed.Records()];
    }

    private static IEnumerable<string> Members(JsonElement record, params IEnumerable<string> names) =>
        names.Select(name => record.GetProperty(name).ToString());
}
