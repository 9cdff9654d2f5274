using Levity.Daemon.Security.Admission;

namespace Levity.Daemon.Audit;

/// <summary>
/// Puts on record who was turned away: one by one while they are few, and beyond that once a minute, with how many there
/// were from each address. So nobody can roll the log away by knocking, and the sum of all records is still the truth.
/// </summary>
internal sealed class Refusals : IDisposable
{
    // A minute has at most 265 records, of some 300 bytes: it takes nine days to fill the log's gibibyte, and from one
    // address three weeks.
    internal const int MostOfAddress = 100;
    internal const int MostOfAll = 200;
    internal const int MostAddresses = 64;

    internal static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly AuditLog _log;
    private readonly ITimer _timer;

    // Guards all below. A minute begins with its first refusal.
    private readonly Lock _gate = new();
    private readonly Dictionary<PeerNetwork, Knocks> _addresses = [];
    private readonly Knocks _others = new();
    private int _recorded;
    private bool _isMinute;

    public Refusals(AuditLog log, TimeProvider time)
    {
        _log = log;
        _timer = time.CreateTimer(_ => EndMinute(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Append(in AuditRecord record, PeerNetwork from)
    {
        if (TryCount(from))
        {
            _log.Append(record);
        }
    }

    /// <summary>Tells what was counted; after it everything is put on record again.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        EndMinute();
    }

    // True when it is to be recorded by itself.
    private bool TryCount(PeerNetwork from)
    {
        lock (_gate)
        {
            if (!_isMinute)
            {
                _isMinute = true;
                _timer.Change(Minute, Timeout.InfiniteTimeSpan);
            }

            var knocks = _addresses.GetValueOrDefault(from)
                ?? (_addresses.Count < MostAddresses ? _addresses[from] = new Knocks() : _others);
            if (_recorded < MostOfAll && knocks.Recorded < MostOfAddress)
            {
                _recorded++;
                knocks.Recorded++;
                return true;
            }

            knocks.Counted++;
            return false;
        }
    }

    private void EndMinute()
    {
        List<AuditRecord> sums;
        lock (_gate)
        {
            sums = [.. _addresses
                .Where(address => address.Value.Counted > 0)
                .Select(address => Sum($"{address.Key}", address.Value.Counted))];
            if (_others.Counted > 0)
            {
                sums.Add(Sum("other addresses", _others.Counted));
            }

            _addresses.Clear();
            (_others.Recorded, _others.Counted, _recorded, _isMinute) = (0, 0, 0, false);
        }

        foreach (var sum in sums)
        {
            _log.Append(sum);
        }
    }

    private static AuditRecord Sum(string address, long count) => new(AuditRecord.Handshake)
    {
        Address = address,
        Outcome = Outcomes.Refused,
        Reason = "within a minute, besides those that have a record each",
        Count = count,
    };

    private sealed class Knocks
    {
        public int Recorded { get; set; }

        public long Counted { get; set; }
    }
}
