using System.Net;
using System.Text.Json;
using Levity.Daemon.Audit;
using Levity.Daemon.Security.Admission;
using Microsoft.Extensions.Time.Testing;

namespace Levity.Daemon.Tests.Audit;

/// <summary>Which refusals have a record each, and that the others are told too, all of them.</summary>
public sealed class RefusalsTests : IDisposable
{
    private const int MostOfAll = Refusals.MostOfAddress * Refusals.OfAllToOfAddress;

    private readonly AuditFiles _files = new();
    private readonly FakeTimeProvider _time = new();
    private readonly AuditLog _log;
    private readonly Refusals _refusals;

    public RefusalsTests()
    {
        _log = _files.Open();
        _refusals = new Refusals(_log, Refusals.MostOfAddress, _time);
    }

    public void Dispose()
    {
        _refusals.Dispose();
        _log.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void Of_one_address_there_are_so_many_and_in_the_end_of_the_minute_how_many_more()
    {
        Knock("192.0.2.1", Refusals.MostOfAddress + 7);
        Knock("192.0.2.2", 1);
        Assert.Equal(Refusals.MostOfAddress + 1, Records().Count);

        _time.Advance(Refusals.Minute);

        var sum = Assert.Single(Records(), record => record.Count is not null);
        Assert.Equal(("192.0.2.1", 7L), (sum.Address, sum.Count));
    }

    [Fact]
    public void The_next_minute_has_its_own()
    {
        Knock("192.0.2.1", Refusals.MostOfAddress + 7);
        _time.Advance(Refusals.Minute);
        Knock("192.0.2.1", Refusals.MostOfAddress + 8);
        _time.Advance(Refusals.Minute);
        _time.Advance(Refusals.Minute);

        Assert.Equal(2 * Refusals.MostOfAddress + 2, Records().Count);
        Assert.Equal([7L, 8L], Records().Where(record => record.Count is not null).Select(record => record.Count!.Value));
    }

    [Fact]
    public void Of_all_addresses_there_are_so_many_and_the_sum_is_the_truth()
    {
        const int addresses = 500;
        for (var i = 0; i < addresses; i++)
        {
            Knock($"2001:db8:0:{i:x}::1", 3);
        }

        Assert.Equal(MostOfAll, Records().Count);
        _time.Advance(Refusals.Minute);

        var sums = Records().Skip(MostOfAll).ToList();
        Assert.InRange(sums.Count, 1, Refusals.MostAddresses + 1);
        Assert.Contains(sums, sum => sum.Address == "other addresses");
        Assert.Equal(3 * addresses, MostOfAll + sums.Sum(sum => sum.Count));
    }

    [Fact]
    public void What_was_counted_is_told_when_levityd_ends()
    {
        Knock("192.0.2.1", Refusals.MostOfAddress + 1);

        _refusals.Dispose();

        Assert.Equal(1, Records()[^1].Count);
    }

    [Fact]
    public void What_was_counted_is_told_by_the_next_levityd_when_this_one_is_killed()
    {
        Knock("192.0.2.1", Refusals.MostOfAddress + 7);
        Knock("192.0.2.2", Refusals.MostOfAddress + 8);

        using var killed = _files.AfterKill();
        killed.Open().Dispose();
        killed.Open().Dispose();

        Assert.Equal(
            [("192.0.2.1", 7L), ("192.0.2.2", 8L)], Records(killed).Where(record => record.Count is not null).Order());
        Assert.Equal(2 * Refusals.MostOfAddress + 2, Records(killed).Count);
    }

    [Theory]
    [InlineData(3, 3, 1)]
    [InlineData(null, 1_000, 0)]
    public void How_many_have_a_record_each_is_the_operators_to_say(int? most, int each, int sums)
    {
        using var files = new AuditFiles();
        using (var log = files.Open())
        using (var refusals = new Refusals(log, most, _time))
        {
            Knock("192.0.2.1", 1_000, refusals);
        }

        Assert.Equal(each, Records(files).Count(record => record.Count is null));
        Assert.Equal(sums, Records(files).Count(record => record.Count == 1_000 - each));
    }

    private void Knock(string address, int times, Refusals? refusals = null)
    {
        refusals ??= _refusals;
        var record = new AuditRecord(AuditRecord.Handshake) { Address = $"[{address}]:1" };
        for (var i = 0; i < times; i++)
        {
            refusals.Append(record, refusals.Pending.Enter(record), PeerNetwork.Of(IPAddress.Parse(address)));
        }
    }

    private List<(string? Address, long? Count)> Records(AuditFiles? files = null) =>
    [
        .. (files ?? _files).Lines().Select(line => JsonDocument.Parse(line).RootElement)
            .Where(record => record.GetProperty("event").ValueEquals("handshake"))
            .Select(record => (
                record.GetProperty("address").GetString(),
                record.TryGetProperty("handshakes", out var count) ? count.GetInt64() : default(long?))),
    ];
}
