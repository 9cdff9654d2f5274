namespace Levity.Daemon.Audit;

/// <summary>
/// One call on its way: it collects what its one record tells, and has that in <see cref="AuditPending"/> until it is over.
/// </summary>
internal sealed class AuditedCall
{
    private readonly AuditLog _log;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly PendingPlace _place;
    private AuditRecord _record;
    private bool _isReserved;

    public AuditedCall(AuditLog log, CertificateBearers bearers, HttpContext http, TimeProvider time)
    {
        (_log, _time, _began) = (log, time, time.GetTimestamp());
        var bearer = bearers.Of(http.Connection);
        _record = new AuditRecord(AuditRecord.Call)
        {
            Time = time.GetUtcNow().UtcDateTime,
            Identity = bearer?.Identity,
            Serial = bearer?.Serial,
            Address = bearer is null ? CertificateBearers.AddressOf(http.Connection) : bearer.Address,
            Rpc = http.Request.Path.Value,
        };
        _place = log.Pending.Enter(_record);
    }

    /// <summary>It is on record: nothing that is known later counts.</summary>
    public bool IsRecorded { get; private set; }

    /// <summary>What its messages say that it is about.</summary>
    /// <param name="task">The id.</param>
    /// <param name="binary">What is to be executed.</param>
    /// <param name="user">Whom the call gives something to, or takes it from.</param>
    public void IsAbout(string? task, string? binary = null, string? user = null)
    {
        _record = _record with { Task = task, Binary = binary, User = user };
        _log.Pending.Note(_place, new AuditRecord(AuditRecord.Call) { Task = task, Binary = binary, User = user });
    }

    /// <summary>What it has made is this task; nothing if it was about one.</summary>
    public void HasMade(string? task) => _record = _record with { Task = _record.Task ?? task };

    /// <summary>Takes room for its record before it changes anything: <see cref="AuditLog.TryReserve"/>.</summary>
    public bool TryReserve(bool last) => _isReserved = _log.TryReserve(last);

    /// <summary>Puts the call on record, unless it is.</summary>
    /// <param name="outcome">What came of it.</param>
    /// <param name="mayWait">Whether its record may go to the file a moment later.</param>
    public void End(string outcome, bool mayWait = false)
    {
        if (IsRecorded)
        {
            return;
        }

        IsRecorded = true;
        _record = _record with
        {
            Time = _time.GetUtcNow().UtcDateTime,
            Outcome = outcome,
            Duration = _time.GetElapsedTime(_began),
        };
        _log.Append(_record, _place, _isReserved, mayWait);
    }
}
