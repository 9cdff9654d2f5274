namespace Levity.Daemon.Audit;

/// <summary>One call on its way: it collects what its one record tells.</summary>
internal sealed class AuditedCall(AuditLog log, CertificateBearers bearers, HttpContext http, TimeProvider time)
{
    private readonly long _began = time.GetTimestamp();
    private bool _isReserved;
    private bool _isRecorded;

    public string? Task { get; set; }

    public string? Binary { get; set; }

    /// <summary>Whom the call gives something to, or takes it from.</summary>
    public string? User { get; set; }

    /// <summary>It is on record: nothing that is known later counts.</summary>
    public bool IsRecorded => _isRecorded;

    /// <summary>Takes room for its record before it changes anything: <see cref="AuditLog.TryReserve"/>.</summary>
    public bool TryReserve(bool last) => _isReserved = log.TryReserve(last);

    /// <summary>Puts the call on record, unless it is.</summary>
    /// <param name="outcome">What came of it.</param>
    /// <param name="mayWait">Whether its record may go to the file a moment later.</param>
    public void End(string outcome, bool mayWait = false)
    {
        if (_isRecorded)
        {
            return;
        }

        _isRecorded = true;
        var connection = http.Connection;
        var bearer = bearers.Of(connection);
        var record = new AuditRecord(AuditRecord.Call)
        {
            Time = time.GetUtcNow().UtcDateTime,
            Identity = bearer?.Identity,
            Serial = bearer?.Serial,
            Address = bearer is null ? CertificateBearers.AddressOf(connection) : bearer.Address,
            Rpc = http.Request.Path.Value,
            Task = Task,
            Binary = Binary,
            User = User,
            Outcome = outcome,
            Duration = time.GetElapsedTime(_began),
        };
        log.Append(record, _isReserved, mayWait);
    }
}
