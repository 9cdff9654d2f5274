namespace Levity.Daemon.Audit;

/// <summary>Where something stands in <see cref="AuditPending"/> until it is on record; nowhere is the default.</summary>
internal readonly record struct PendingPlace(int Number)
{
    /// <summary>There was no place for it: it is counted.</summary>
    public static PendingPlace None => new(-1);

    public bool IsHeld => Number > 0;
}
