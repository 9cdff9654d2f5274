namespace Levity.Protocol.Supervisor;

/// <summary>
/// The steps of a task between "start asked" and "acknowledged", between its exit and "forgotten", of its removal and of
/// its audit record, at each of which a test can have the program killed that takes it: see <see cref="Failpoints"/>. In
/// the order in which a task passes them; each is taken by the one program that its comment names.
/// </summary>
public enum Failpoint
{
    /// <summary>levityd: the request was accepted, nothing is on record.</summary>
    StartAsked,

    /// <summary>levityd: the intent is durable, the supervisor has not been asked.</summary>
    StartRecorded,

    /// <summary>Supervisor: asked, and nothing done.</summary>
    StartReceived,

    /// <summary>Supervisor: the log is there, the process is not.</summary>
    StartLogged,

    /// <summary>Supervisor: the process runs and is in no containment yet.</summary>
    StartSpawned,

    /// <summary>Supervisor: the process is contained, and levityd has not been told.</summary>
    StartContained,

    /// <summary>levityd: the supervisor has said that the command was executed, the caller has no id yet.</summary>
    StartConfirmed,

    /// <summary>Supervisor: the first process is dead and not waited for.</summary>
    ExitSeen,

    /// <summary>Supervisor: it was waited for; its exit status is in our memory only.</summary>
    ExitReaped,

    /// <summary>Supervisor: all output is in the log, which has no end yet.</summary>
    ExitDrained,

    /// <summary>Supervisor: the log is sealed, levityd has not been told.</summary>
    ExitSealed,

    /// <summary>Supervisor: levityd has been told.</summary>
    ExitTold,

    /// <summary>levityd: it has heard of the end, the registry has not.</summary>
    ExitHeard,

    /// <summary>levityd: the end is durable, nobody has been told.</summary>
    ExitRecorded,

    /// <summary>levityd: the end is there for everybody to see, the supervisor still keeps it.</summary>
    ExitShown,

    /// <summary>Supervisor: it has forgotten the task.</summary>
    ExitForgotten,

    /// <summary>levityd: that a task is removed is durable, all of it is still there.</summary>
    RemoveBegun,

    /// <summary>levityd: its log is gone, its record is not.</summary>
    RemoveLogGone,

    /// <summary>levityd: its record is gone too, and the caller has not been told.</summary>
    RemoveRecorded,

    /// <summary>levityd: connected to a supervisor, about to compare what the two know.</summary>
    SettleBegun,

    /// <summary>Supervisor: about to seal the log of a task that it does not know.</summary>
    SettleSealing,

    /// <summary>Supervisor: has sealed it, levityd has not been told.</summary>
    SettleSealed,

    /// <summary>levityd: with whom a task is shared is durable, the caller does not know.</summary>
    ShareRecorded,

    /// <summary>levityd: records are in the audit log, and their places in audit.pending are not free yet.</summary>
    AuditWritten,

    /// <summary>levityd: a sum in audit.pending has one more, whose own place there is not free yet.</summary>
    AuditCounted,
}
