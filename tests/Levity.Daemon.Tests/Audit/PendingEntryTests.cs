using Levity.Daemon.Audit;

namespace Levity.Daemon.Tests.Audit;

public sealed class PendingEntryTests
{
    private static readonly AuditRecord Full = new(AuditRecord.Handshake)
    {
        Time = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
        Identity = "identity",
        Claimed = "claimed",
        Serial = "serial",
        Address = "address",
        Rpc = "rpc",
        Task = "task",
        Binary = "bïnary",
        User = "user",
        Outcome = "outcome",
        Reason = "",
        Duration = TimeSpan.Zero,
        Count = 3,
    };

    [Fact]
    public void It_reads_as_it_was_written()
    {
        var entry = new PendingEntry(new byte[PendingEntry.Size]);
        Assert.True(entry.IsFree);

        Assert.True(entry.Fill(Full));

        Assert.False(entry.IsFree);
        Assert.True(entry.TryRead(out var read));
        Assert.Equal(Full, read);
    }

    [Fact]
    public void One_that_takes_the_place_of_another_has_nothing_of_it()
    {
        var entry = new PendingEntry(new byte[PendingEntry.Size]);
        entry.Fill(Full);
        entry.Number = 7;
        entry.CountIn(3, 4);
        entry.Clear();

        entry.Fill(new AuditRecord(AuditRecord.Call));

        Assert.True(entry.TryRead(out var read));
        Assert.Equal(new AuditRecord(AuditRecord.Call), read);
        Assert.Equal((0, (0, 0L)), (entry.Number, entry.Counted));
    }

    [Fact]
    public void What_is_too_long_is_cut_between_two_characters_and_an_outcome_is_whole_or_not_there()
    {
        for (var length = 100; length < 200; length++)
        {
            var entry = new PendingEntry(new byte[PendingEntry.Size]);
            var text = new string('a', length) + string.Concat(Enumerable.Repeat("\U0001f600", 100));

            Assert.False(entry.Fill(new AuditRecord(AuditRecord.Call) { Rpc = text }));
            Assert.False(entry.TryFinish("OK", TimeSpan.Zero));

            Assert.True(entry.TryRead(out var read));
            Assert.EndsWith("…", read.Rpc, StringComparison.Ordinal);
            Assert.StartsWith(read.Rpc![..^1], text, StringComparison.Ordinal);
            Assert.Null(read.Outcome);
        }
    }

    [Fact]
    public void What_any_name_of_a_user_and_any_address_leave_is_enough_for_the_outcome_of_a_poll()
    {
        var entry = new PendingEntry(new byte[PendingEntry.Size]);
        Assert.True(entry.Fill(new AuditRecord(AuditRecord.Call)
        {
            Identity = new string('x', 64),
            Serial = new string('F', 40),
            Address = "[2001:db8:1111:2222:3333:4444:5555:6666%12345678]:65535",
            Rpc = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        }));
        Assert.True(entry.Add(new AuditRecord(AuditRecord.Call) { Task = Guid.NewGuid().ToString() }));

        Assert.True(entry.TryFinish("RESOURCE_EXHAUSTED", TimeSpan.FromMilliseconds(7)));

        Assert.True(entry.TryRead(out var read));
        Assert.Equal(("RESOURCE_EXHAUSTED", 7), (read.Outcome, read.Duration!.Value.TotalMilliseconds));
    }
}
