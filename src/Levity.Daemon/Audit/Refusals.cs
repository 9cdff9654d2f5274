using Levity.Daemon.Security.Admission;

namespace Levity.Daemon.Audit;

/// <summary>
/// Puts on record who was turned away: one by one while they are few, and beyond that once a minute, with how many there
/// were from each address. So nobody can roll the log away by knocking, and the sum of all records is still the truth, also
/// when levityd is killed meanwhile: what was counted is in <see cref="AuditPending"/>.
/// </summary>
internal sealed class Refusals : IDisposable
{
    // Unless told otherwise a minute has at most 265 records, of some 300 bytes: it takes nine days to fill the log's
    // gibibyte, and from one address three weeks.
    public const int MostOfAddress = 100;
    internal const int OfAllToOfAddress = 2;
    internal const int MostAddresses = 64;

    internal static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly AuditLog _log;
    private readonly long? _mostOfAddress;
    private readonly ITimer _timer;

    // Guards all below. A minute begins with its first refusal.
    private readonly Lock _gate = new();
    private readonly Dictionary<PeerNetwork, Knocks> _addresses = [];
    private Knocks _others = NewOthers();
    private long _recorded;
    private bool _isMinute;

    /// <param name="log">Where they are on record.</param>
    /// <param name="mostOfAddress">How many of an address have a record each within a minute; all, if it is null.</param>
    /// <param name="time">Says when the minute is over.</param>
    public Refusals(AuditLog log, int? mostOfAddress, TimeProvider time)
    {
        (_log, _mostOfAddress) = (log, mostOfAddress);
        _timer = time.CreateTimer(_ => EndMinute(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public AuditPending Pending => _log.Pending;

    /// <summary>Puts it on record, or counts it, and gives its place back.</summary>
    public void Append(in AuditRecord record, PendingPlace place, PeerNetwork from)
    {
        if (!TryCount(place, from))
        {
            _log.Append(record, place);
        }
    }

    /// <summary>Tells what was counted; after it everything is put on record again.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        EndMinute();
    }

    // False when it is to be recorded by itself.
    private bool TryCount(PendingPlace place, PeerNetwork from)
    {
        if (_mostOfAddress is not { } most)
        {
            return false;
        }

        lock (_gate)
        {
            if (!_isMinute)
            {
                _isMinute = true;
                _timer.Change(Minute, Timeout.InfiniteTimeSpan);
            }

            var knocks = _addresses.GetValueOrDefault(from)
                ?? (_addresses.Count < MostAddresses ? _addresses[from] = new Knocks($"{from}") : _others);
            if (_recorded < OfAllToOfAddress * most && knocks.Recorded < most)
            {
                _recorded++;
                knocks.Recorded++;
                return false;
            }

            if (knocks.Counted++ == 0)
            {
                knocks.Place = Pending.Enter(Sum(knocks) with { Count = 0 });
            }

            Pending.Count(place, knocks.Place, knocks.Counted);
            return true;
        }
    }

    private void EndMinute()
    {
        List<Knocks> sums;
        lock (_gate)
        {
            sums = [.. _addresses.Values.Append(_others).Where(knocks => knocks.Counted > 0)];
            _addresses.Clear();
            (_others, _recorded, _isMinute) = (NewOthers(), 0, false);
        }

        foreach (var sum in sums)
        {
            _log.Append(Sum(sum), sum.Place);
        }
    }

    private static Knocks NewOthers() => new("other addresses");

    private static AuditRecord Sum(Knocks knocks) => new(AuditRecord.Handshake)
    {
        Address = knocks.From,
        Outcome = Outcomes.Refused,
        Reason = "within a minute, besides those that have a record each",
        Count = knocks.Counted,
    };

    private sealed class Knocks(string from)
    {
        public string From => from;

        public long Recorded { get; set; }

        public long Counted { get; set; }

        /// <summary>Of the sum, once something is counted.</summary>
        public PendingPlace Place { get; set; }
    }
}
